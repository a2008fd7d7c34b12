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

namespace mailpipe::imap {

namespace {

/// Where a mailbox's annotations are; an empty name is the server.
struct Place {
    Fd directory;
    store::MetadataOf whose;
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
    return Place{std::move(*folder), store::MetadataOf::folder};
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
    const auto place = find_place(session, request->mailbox);
    if (!place) return no(place.error());
    const auto metadata = store::read_metadata(place->directory, place->whose);
    if (!metadata) return no(metadata.error());
    const auto left_out = tell_entries(session, *request, *metadata);
    if (left_out > 0) return ok(fmt::format("METADATA LONGENTRIES {}", left_out), "some are too long");
    return ok("done");
}

Result<Reply> set_metadata(Session& session, const Command& command) {
    const auto request = parse_set_metadata(command, session.utf8());
    if (!request) return bad(request.error());
    const auto place = find_place(session, request->mailbox);
    if (!place) return no(place.error());
    if (auto r = store::change_metadata(place->directory, place->whose, request->values); !r) return refusal(r.error());
    if (session.notifier) session.notifier->learn_metadata(canonical_name(session, request->mailbox).value_or(""), request->values);
    return ok("done");
}

}  // namespace verbs

}  // namespace mailpipe::imap
