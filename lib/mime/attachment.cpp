// SPDX-License-Identifier: ISC
#include "mime/attachment.hpp"

#include "mime/content_type.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::mime {

std::string file_name(std::string_view message, const Part& part) {
    const auto placed = disposition(message, part);
    const auto* name = placed.parameters.find("filename");
    const auto type = content_type(message, part);
    if (name == nullptr) name = type.parameters.find("name");
    if (name == nullptr) return {};
    return name->is_extended ? name->value : text::decode_words(name->value);
}

bool is_attachment(std::string_view message, const Part& part) {
    if (part.kind == Part::Kind::multipart) return false;
    if (disposition(message, part).type == "attachment" || !file_name(message, part).empty()) return true;
    return content_type(message, part).type != "text";
}

}  // namespace mailpipe::mime
