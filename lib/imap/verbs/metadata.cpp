// SPDX-License-Identifier: ISC
// GETMETADATA and SETMETADATA (RFC 5464).
#include "imap/grammar/metadata.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/files.hpp"
#include "imap/grammar/mailbox_name.hpp"
#include "imap/verbs/notifier.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/tree/metadata.hpp"
#include "store/tree/special_use.hpp"

namespace mailpipe::imap {

namespace {

/// Of a mailbox, not of the server: its attributes in LIST, and nothing else is kept (RFC 6154 section 4).
constexpr std::string_view special_use_entry = "/private/specialuse";

/// Where a mailbox's annotations are; an empty name is the server.
struct Place {
    Fd directory;
    store::MetadataOf whose;
    std::string mailbox{};  ///< its canonical name
};

Result<Place> find_place(const Session& session, std::string_view name) {
    const auto& tree = session.mail->tree;
    if (name.empty()) {
        auto root = open_directory_at(tree.root(), ".");
        if (!root) return failure(root.error());
        return Place{std::move(*root), store::MetadataOf::server};
    }
    const auto canonical = canonical_name(session, name);
    if (!canonical) return failure(canonical.error());
    auto folder = tree.open_folder(*canonical);
    if (!folder) return failure(folder.error());
    return Place{std::move(*folder), store::MetadataOf::folder, *canonical};
}

Result<store::Metadata> read(const Session& session, const Place& place) {
    auto metadata = store::read_metadata(place.directory, place.whose, {.file_octets = SIZE_MAX});
    if (!metadata || place.whose == store::MetadataOf::server) return metadata;
    const auto& tree = session.mail->tree;
    const auto uses = store::read_special_uses(tree.root(), tree.rules());
    if (!uses) return failure(uses.error());
    const auto attributes = fmt::format("{}", fmt::join(uses->of(place.mailbox), " "));
    const auto value = attributes.empty() ? std::nullopt : std::optional<std::string_view>{attributes};
    if (auto r = metadata->set(special_use_entry, value); !r) return failure(r.error());
    return metadata;
}

/// "\\Sent \\Drafts"; none of them where there is no value.
std::vector<std::string> attributes_of(std::string_view value) {
    std::vector<std::string> attributes;
    while (!value.empty()) {
        const auto attribute = value.substr(0, value.find(' '));
        value.remove_prefix(std::min(value.size(), attribute.size() + 1));
        if (!attribute.empty()) attributes.emplace_back(attribute);
    }
    return attributes;
}

/// Takes what it is for out of `changes`.
std::optional<std::vector<std::string>> take_special_use(const Place& place, std::vector<store::MetadataChange>& changes) {
    std::optional<std::vector<std::string>> attributes;
    if (place.whose == store::MetadataOf::server) return attributes;
    for (const auto& [entry, value] : changes) {
        if (entry == special_use_entry) attributes = attributes_of(value.value_or(""));
    }
    std::erase_if(changes, [](const auto& change) { return change.first == special_use_entry; });
    return attributes;
}

/// All or nothing: RFC 5464 section 4.3.
Result<void> change_both(const store::Tree& tree, const Place& place, const std::optional<std::vector<std::string>>& uses,
                         const std::vector<store::MetadataChange>& changes) {
    const auto set_uses = [&](const std::vector<std::string>& all) {
        return store::set_special_uses(tree.root(), tree.rules(), place.mailbox, all);
    };
    std::vector<std::string> before;
    if (uses) {
        const auto known = store::read_special_uses(tree.root(), tree.rules());
        if (!known) return failure(known.error());
        before = known->of(place.mailbox);
        if (auto r = set_uses(*uses); !r) return r;
    }
    if (changes.empty()) return {};
    auto changed = store::change_metadata(place.directory, place.whose, changes);
    if (!changed && uses) (void)set_uses(before);
    return changed;
}

store::Depth depth(GetMetadataRequest::Depth asked) {
    switch (asked) {
        case GetMetadataRequest::Depth::children: return store::Depth::one;
        case GetMetadataRequest::Depth::infinity: return store::Depth::infinity;
        case GetMetadataRequest::Depth::entry: break;
    }
    return store::Depth::zero;
}

/// "* METADATA name (entry value …)"; returns the size of the largest value that was too large to be told, or 0.
std::uint64_t tell_entries(Session& session, const GetMetadataRequest& request, const store::Metadata& metadata) {
    std::uint64_t left_out = 0;
    std::string values;
    const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
        values.append(values.empty() ? "" : " ");
        append_astring(values, name);
        values += ' ';
        append_nstring(values, value, session.utf8());
    };
    for (const auto& entry : request.entries) {
        const auto found = metadata.get(entry, depth(request.depth));
        if (found.empty() && request.depth == GetMetadataRequest::Depth::entry) add(entry, {});
        for (const auto& [name, value] : found) {
            if (request.max_size && value.size() > *request.max_size) left_out = std::max<std::uint64_t>(left_out, value.size());
            else add(name, std::string{value});
        }
    }
    if (values.empty()) return left_out;
    std::string out = "* METADATA ";
    append_mailbox(out, request.mailbox, session.utf8());
    session.channel.write(out + " (" + values + ")\r\n");
    return left_out;
}

Reply refusal(const Error& error) {
    switch (error.number) {
        case EMSGSIZE: return no(fmt::format("METADATA MAXSIZE {}", store::MetadataLimits{}.value_octets), error.what);
        case ENOSPC: return error.fault == Fault::permanent ? no("METADATA TOOMANY", error.what) : no(error);
        case EINVAL: return bad(error);
        default: return no(error);
    }
}

}  // namespace

namespace verbs {

Result<Reply> get_metadata(Session& session, const Command& command) {
    const auto request = parse_get_metadata(command, session.utf8());
    if (!request) return bad(request.error());
    if (!std::ranges::all_of(request->entries, store::may_have_entries)) return bad("GETMETADATA: no name of an entry");
    const auto place = find_place(session, request->mailbox);
    if (!place) return no(place.error());
    const auto metadata = read(session, *place);
    if (!metadata) return no(metadata.error());
    const auto left_out = tell_entries(session, *request, *metadata);
    if (left_out > 0) return ok(fmt::format("METADATA LONGENTRIES {}", left_out), "some are too long");
    return ok("done");
}

Result<Reply> set_metadata(Session& session, const Command& command) {
    const auto request = parse_set_metadata(command, session.utf8());
    if (!request) return bad(request.error());
    const auto are_entries = std::ranges::all_of(request->values, [](const auto& value) { return store::is_entry_name(value.first); });
    if (!are_entries) return bad("SETMETADATA: no name of an entry");
    const auto place = find_place(session, request->mailbox);
    if (!place) return no(place.error());
    auto changes = request->values;
    const auto uses = take_special_use(*place, changes);
    const bool are_uses = !uses || std::ranges::all_of(*uses, [](const auto& use) { return !store::special_use(use).empty(); });
    if (!are_uses) return no("USEATTR", "no folder can be that");
    if (auto r = change_both(session.mail->tree, *place, uses, changes); !r) return refusal(r.error());
    if (session.notifier) session.notifier->learn_metadata(canonical_name(session, request->mailbox).value_or(""), changes);
    return ok("done");
}

}  // namespace verbs

}  // namespace mailpipe::imap
