// SPDX-License-Identifier: ISC
#include "imap/grammar/login.hpp"

#include "text/base64.hpp"

namespace mailpipe::imap {

Result<LoginRequest> parse_login(const Command& command) {
    Arguments in{command};
    LoginRequest request;
    request.user = in.astring();
    in.space();
    request.password = in.astring();
    auto parsed = in.finish(std::move(request));
    // What stands there may be half of a password: it belongs into no reply and no log.
    if (!parsed) return failure({Fault::permanent, "LOGIN: two strings or atoms expected"});
    return parsed;
}

Result<AuthenticateRequest> parse_authenticate(const Command& command) {
    Arguments in{command};
    AuthenticateRequest request;
    request.mechanism = in.word();
    if (in.failed()) return failure({Fault::permanent, "AUTHENTICATE: the name of a mechanism expected"});
    if (in.take(' ') && !in.at_end()) {
        auto response = in.rest() == "=" ? std::string{} : text::base64_decode(in.rest());
        if (!response) return failure({Fault::permanent, "AUTHENTICATE: the initial response is not Base64"});
        request.initial_response = *std::move(response);
        in.advance(in.rest().size());
    }
    if (!in.at_end()) return failure({Fault::permanent, "AUTHENTICATE: a blank expected behind the mechanism"});
    return request;
}

}  // namespace mailpipe::imap
