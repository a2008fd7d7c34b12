// SPDX-License-Identifier: ISC
#include "mime/compose.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>

#include <mimetic/mimetic.h>

#include "base/ascii.hpp"

namespace mailpipe::mime {

namespace {

using mimetic::MimeEntity;

Error bad(std::string what) { return {Fault::permanent, std::move(what)}; }

/// mimetic writes what it is given: a line end in a value would begin a field of the value's choice.
bool is_one_line(std::string_view text) { return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos; }

Result<void> check(const Composition& composition, std::string_view boundary) {
    for (const auto& [name, value] : composition.fields) {
        if (name.empty() || !is_one_line(name) || !is_one_line(value)) return failure(bad("a field can't be written"));
    }
    for (const auto& [name, value] : composition.parameters) {
        if (!is_one_line(name) || !is_one_line(value)) return failure(bad("a parameter can't be written"));
    }
    for (const auto& part : composition.parts) {
        if (!is_one_line(part.type) || !is_one_line(part.description)) return failure(bad("a part can't be written"));
        if (part.body.find(boundary) != part.body.npos) return failure(bad("a part contains the boundary"));
    }
    return {};
}

std::unique_ptr<MimeEntity> make_part(const ComposedPart& part) {
    auto entity = std::make_unique<MimeEntity>();
    auto& header = entity->header();
    header.contentType(mimetic::ContentType{part.type});
    if (!part.description.empty()) header.contentDescription(mimetic::ContentDescription{part.description});
    header.contentTransferEncoding(mimetic::ContentTransferEncoding{all_ascii(part.body) ? "7bit" : "8bit"});
    return entity;
}

/// The bodies don't go through mimetic's tree: it would lose those of message/rfc822 parts.
std::string header_text(MimeEntity& entity) {
    std::string text;
    entity.copy(std::back_inserter(text));
    std::erase(text, '\r');
    return text.substr(0, std::min(text.find("\n\n"), text.size() - 1)) + "\n";
}

}  // namespace

Result<std::string> compose(const Composition& composition, const std::string& boundary) {
    if (auto r = check(composition, boundary); !r) return failure(r.error());

    MimeEntity top;
    for (const auto& [name, value] : composition.fields) top.header().push_back(mimetic::Field{name, value});
    top.header().mimeVersion(mimetic::MimeVersion{"1.0"});
    mimetic::ContentType type{"multipart", composition.subtype};
    for (const auto& [name, value] : composition.parameters) type.param(name, value);
    type.param("boundary", boundary);
    top.header().contentType(type);

    auto text = header_text(top);
    for (const auto& part : composition.parts) {
        text += "\n--" + boundary + "\n" + header_text(*make_part(part)) + "\n" + part.body;
    }
    return text += "\n--" + boundary + "--\n";
}

}  // namespace mailpipe::mime
