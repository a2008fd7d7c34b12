// SPDX-License-Identifier: ISC
#include "imap/grammar/quota.hpp"

namespace mailpipe::imap {

Result<std::string> parse_get_quota(const Command& command) {
    Arguments in{command};
    auto root = in.astring();
    return in.finish(std::move(root));
}

Result<SetQuotaRequest> parse_set_quota(const Command& command) {
    Arguments in{command};
    SetQuotaRequest request;
    request.root = in.astring();
    in.space();
    in.list_or_empty([&] {
        auto resource = in.word();
        in.space();
        request.limits.emplace_back(std::move(resource), in.number());
    });
    return in.finish(std::move(request));
}

}  // namespace mailpipe::imap
