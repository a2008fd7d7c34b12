// SPDX-License-Identifier: ISC
// LIST (RFC 9051 section 6.3.9, RFC 5258, 5819, 6154), LSUB (RFC 3501 section 6.3.9), NAMESPACE (RFC 2342).
#include "imap/grammar/list.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "imap/grammar/list_pattern.hpp"
#include "imap/verbs/list_response.hpp"
#include "imap/verbs/status.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

class Lister {
public:
    Lister(Session& session, const ListRequest& request, const Names& names, std::string_view response)
        : session_(session), request_(request), names_(names), response_(response) {}

    Result<void> run() {
        for (const auto& folder : names_.folders) {
            if (auto r = consider(folder); !r) return r;
        }
        if (!request_.only_subscribed) return {};
        for (const auto& name : subscribed_and_parents()) {
            if (names_.find(name) != nullptr) continue;
            if (auto r = consider({name, {}, false}); !r) return r;
        }
        return {};
    }

private:
    /// Of what is subscribed; nothing of it has to exist.
    std::set<std::string> subscribed_and_parents() const {
        std::set<std::string> all{names_.subscribed.begin(), names_.subscribed.end()};
        if (!wants_parents()) return all;
        for (const std::string& name : names_.subscribed) {
            const auto separator = session_.settings.names.separator;
            for (auto end = name.rfind(separator); end != std::string::npos && end > 0; end = name.rfind(separator, end - 1)) {
                if (!all.insert(name.substr(0, end)).second) break;
            }
        }
        return all;
    }
    bool matches(std::string_view name) const {
        return std::ranges::any_of(request_.patterns, [&](const auto& pattern) {
            return matches_pattern(name, request_.reference + pattern, session_.settings.names.separator);
        });
    }
    bool has_subscribed_child(std::string_view name) const {
        return std::ranges::any_of(names_.subscribed, [&](const auto& other) {
            return store::is_below(other, name, session_.settings.names) && !matches(other);
        });
    }
    Result<void> consider(const store::Folder& folder) {
        if (!matches(folder.name)) return {};
        const auto uses = names_.uses.of(folder.name);
        const bool is_subscribed = names_.subscribed.contains(folder.name);
        if (request_.only_special_use && uses.empty()) return {};
        const bool is_child_info = request_.only_subscribed && !is_subscribed && wants_parents() && has_subscribed_child(folder.name);
        if (request_.only_subscribed && !is_subscribed && !is_child_info) return {};
        tell(folder, uses, is_subscribed);
        if (request_.return_status.empty() || !folder.exists()) return {};
        (void)tell_status(session_, folder.name, request_.return_status);  // of one that is gone by now nothing is told
        return {};
    }
    /// RECURSIVEMATCH, and LSUB's "%": RFC 3501 section 6.3.9.
    bool wants_parents() const { return request_.recursive_match || response_ == "LSUB"; }

    void tell(const store::Folder& folder, const std::vector<std::string>& uses, bool is_subscribed) {
        std::string attributes;
        const auto add = [&](std::string_view attribute) { attributes.append(attributes.empty() ? "" : " ").append(attribute); };
        const bool is_parent_only = response_ == "LSUB" && !is_subscribed;
        const bool knows_nonexistent = response_ == "LIST" && (request_.is_extended || session_.has(Feature::imap4rev2));
        if (!folder.exists()) add(knows_nonexistent ? "\\NonExistent" : "\\Noselect");
        else if (is_parent_only) add("\\Noselect");
        add(folder.has_children ? "\\HasChildren" : "\\HasNoChildren");
        if (is_subscribed && (request_.return_subscribed || (request_.only_subscribed && response_ == "LIST"))) add("\\Subscribed");
        for (const auto& use : uses) add(use);
        const bool has_child_info = request_.recursive_match && has_subscribed_child(folder.name);
        tell_name(session_, response_, attributes, folder.name, has_child_info ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : "");
    }

    Session& session_;
    const ListRequest& request_;
    const Names& names_;
    std::string_view response_;
};

/// LIST "" "": what separates names.
bool asks_for_delimiter(const ListRequest& request) {
    return !request.is_extended && request.patterns.size() == 1 && request.patterns.front().empty();
}

Result<Reply> run(Session& session, const Result<ListRequest>& request, std::string_view response) {
    if (!request) return bad(request.error());
    if (asks_for_delimiter(*request)) {
        session.channel.write(fmt::format("* {} (\\Noselect) \"{}\" \"\"\r\n", response, session.settings.names.separator));
        return ok("listed");
    }
    const auto names = read_names(session.mail->tree);
    if (!names) return no(names.error());
    if (auto r = Lister{session, *request, *names, response}.run(); !r) return failure(r.error());
    return ok("listed");
}

}  // namespace

namespace verbs {

Result<Reply> list(Session& session, const Command& command) { return run(session, parse_list(command, session.utf8()), "LIST"); }
Result<Reply> lsub(Session& session, const Command& command) { return run(session, parse_lsub(command, session.utf8()), "LSUB"); }

Result<Reply> namespace_(Session& session, const Command&) {
    const auto& rules = session.settings.names;
    session.channel.write(fmt::format("* NAMESPACE ((\"{}\" \"{}\")) NIL NIL\r\n", rules.prefix, rules.separator));
    return ok("done");
}

}  // namespace verbs

}  // namespace mailpipe::imap
