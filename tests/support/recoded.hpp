// SPDX-License-Identifier: ISC
// What must stay the same when a message is re-encoded: for the tests and the fuzz harness of mime/recode.hpp.
#pragma once

#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "mail/header.hpp"
#include "mime/content.hpp"
#include "mime/decoder.hpp"
#include "mime/recode.hpp"
#include "mime/structure.hpp"

namespace mailpipe::mime {

struct Recoded {
    std::string message;
    Recoding told;
};
using Recode = Recoding (*)(std::string_view, const Sink&);

inline Recoded recoded(std::string_view message, Recode recode) {
    Recoded made;
    made.told = recode(message, [&](std::string_view piece) { made.message += piece; });
    return made;
}

/// What each leaf's body means on the wire.
inline std::vector<std::string> contents(std::string_view message) {
    std::vector<std::string> all;
    for (const auto& part : read_structure(message).parts) {
        if (part.kind != Part::Kind::leaf) continue;
        const auto encoding = transfer_encoding(message, part);
        const bool is_octets = encoding == TransferEncoding::binary && content_type(message, part).type != "text";
        std::string wire;
        if (is_octets) wire = part.body.of(message);
        else WireText{}.append(part.body.of(message), wire);
        all.push_back(decoded(wire, encoding));
    }
    return all;
}

/// All but the leaves' bodies and the fields Content-Transfer-Encoding and MIME-Version.
inline std::string outside(std::string_view message) {
    std::string all;
    std::size_t at = 0;
    const auto leave_out = [&](std::size_t begin, std::size_t end) {
        if (begin > at) all += message.substr(at, begin - at);
        at = std::max(at, end);
    };
    for (const auto& part : read_structure(message).parts) {
        mail::HeaderReader fields{part.header.of(message), part.header.size()};
        while (const auto field = fields.next()) {
            if (!iequals(field->name, "Content-Transfer-Encoding") && !iequals(field->name, "MIME-Version")) continue;
            leave_out(part.header.begin + field->begin, part.header.begin + field->end);
        }
        if (part.kind == Part::Kind::leaf) leave_out(part.body.begin, part.body.end);
    }
    leave_out(message.size(), message.size());
    return all;
}

}  // namespace mailpipe::mime
