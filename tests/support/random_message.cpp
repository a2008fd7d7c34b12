// SPDX-License-Identifier: ISC
#include "support/random_message.hpp"

#include "support/encoded.hpp"

namespace mailpipe::mime {

std::string RandomMessage::lines() {
    const std::string odd[] = {end_, end_, end_ + end_, " ", "\t", "-", "--", end_ + ".", end_ + "From ", end_ + "--b1", "=", "=41",
                               "word ", "\xc3\xa9", "\xe9", "\xd0\xbf\xd1\x80\xd0\xb8", std::string(below(90), 'x')};
    std::string made;
    for (auto n = below(60); n > 0; --n) made += odd[below(std::size(odd))];
    if (one_in(12)) made += "\r";
    if (one_in(12)) made += std::string(1, '\0');
    if (one_in(12)) made += std::string(1000, 'y');
    if (one_in(2)) made += end_;
    return made;
}

std::string RandomMessage::text() {
    const auto type = one_in(4) ? "" : field("Content-Type", one_in(2) ? "text/plain; charset=utf-8" : "text/html; charset=iso-8859-1");
    auto content = lines();
    const auto mark = "--b1";  // no text that stands as it is may end its part
    for (auto at = content.find(mark); at != std::string::npos; at = content.find(mark)) content.erase(at, 2);
    switch (below(6)) {
        case 0: return type + end_ + content;
        case 1: return type + label("8bit") + end_ + content;
        case 2: return type + label("quoted-printable") + end_ + encoded(lines(), TransferEncoding::quoted_printable, Lines::any);
        case 3: return type + label("base64") + end_ + encoded(lines(), TransferEncoding::base64, one_in(4) ? Lines::none : Lines::any) + end_;
        case 4: return type + label("binary") + end_ + content;
        default: return type + label("quoted-printable") + end_ + content;  // it is not
    }
}

std::string RandomMessage::octets() {
    std::string content(below(3000), '\0');
    for (auto& c : content) c = static_cast<char>(random_());
    const auto type = field("Content-Type", one_in(5) ? "application/pkcs7-mime" : one_in(5) ? "message/partial" : "image/png");
    switch (below(4)) {
        case 0: return type + label("binary") + end_ + content;
        case 1: return type + label("x-unknown") + end_ + content;
        case 2: return type + label("Base64 (as ever)") + end_ + encoded(content, TransferEncoding::base64, Lines::none);
        default: return type + label("quoted-printable") + end_ + encoded(content, TransferEncoding::quoted_printable, Lines::none);
    }
}

}  // namespace mailpipe::mime
