// SPDX-License-Identifier: ISC
#include "imap/search/text_search.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "mime/content_type.hpp"
#include "mime/decoder.hpp"
#include "mime/sink.hpp"
#include "text/charset.hpp"
#include "text/encoded_word.hpp"

namespace mailpipe::imap {

namespace {

std::string without_cr(std::string_view text) {
    std::string lines{text};
    std::erase(lines, '\r');
    return lines;
}

bool has_words(std::string_view value) { return value.find("=?") != std::string_view::npos; }

/// Of which ASCII octets are ASCII.
bool is_ascii_charset(std::string_view charset) {
    constexpr std::array<std::string_view, 9> families{"us-ascii", "utf-8", "iso-8859-", "windows-", "cp125", "koi8-", "euc-", "gb", "big5"};
    return std::ranges::any_of(families, [&](std::string_view family) { return istarts_with(charset, family); });
}

bool is_utf8_charset(std::string_view charset) { return iequals(charset, "us-ascii") || iequals(charset, "utf-8"); }

/// The quests that are still open, in one text that comes in pieces.
class Search {
public:
    Search(std::span<TextQuest> quests, bool is_header) : quests_(quests) {
        for (std::size_t i = 0; i < quests.size(); ++i) {
            const bool is_open = !quests[i].is_found && (quests[i].is_in_headers || !is_header);
            if (is_open) open_.push_back({i, text::Substring{quests[i].text->needle()}});
        }
    }

    void add(std::string_view piece) {
        for (auto& [quest, substring] : open_) {
            if (quests_[quest].text->has_line_end()) substring.add(without_cr(piece));
            else substring.add(piece);
        }
    }
    void finish() {
        for (auto& [quest, substring] : open_) {
            if (substring.finish()) quests_[quest].is_found = true;
        }
    }
    bool is_over() const {
        return std::ranges::all_of(open_, [](const Open& open) { return open.substring.is_found(); });
    }

private:
    struct Open {
        std::size_t quest;
        text::Substring substring;
    };
    std::span<TextQuest> quests_;
    std::vector<Open> open_;
};

/// All fields, "Name: value" with each value in one line.
void search_header(std::string_view header, std::span<TextQuest> quests) {
    Search search{quests, true};
    if (search.is_over()) return search.finish();
    std::string lines;
    lines.reserve(header.size());
    mail::HeaderReader reader{header};
    while (const auto field = reader.next()) {
        lines.append(field->name).append(": ");
        const bool is_plain = !has_words(field->value) && all_ascii(field->value);
        lines += is_plain ? mail::unfold(field->value) : text::decode_words(field->value);
        lines += '\n';
    }
    search.add(lines);
    search.finish();
}

bool is_searched(const mime::Part& part, std::string_view type) {
    return part.kind == mime::Part::Kind::leaf && (type == "text" || type == "message" || type == "multipart");
}

void search_converted(std::string_view body, mime::TransferEncoding encoding, std::string_view charset, Search& search) {
    const auto octets = mime::decoded(body, encoding);
    const bool is_ascii_text = is_ascii_charset(charset) && ascii_octets(octets) == octets.size();
    search.add(is_ascii_text ? octets : text::to_utf8(octets, charset));
}

void search_pieces(std::string_view body, mime::TransferEncoding encoding, Search& search) {
    mime::Decoder decoder{encoding};
    std::string text;
    mime::for_pieces(body, [&](std::string_view piece) {
        if (search.is_over()) return;
        decoder.decode(piece, text);
        search.add(text);
        text.clear();
    });
    decoder.finish(text);
    search.add(text);
}

void search_body(std::string_view message, const mime::Part& part, std::span<TextQuest> quests) {
    const auto type = mime::content_type(message, part);
    if (!is_searched(part, type.type)) return;
    Search search{quests, false};
    const auto body = part.body.of(message);
    const auto encoding = mime::transfer_encoding(message, part);
    const auto* named = type.parameter("charset");
    const std::string_view charset = named == nullptr ? std::string_view{"us-ascii"} : *named;
    const bool is_plain = mime::is_identity(encoding) || encoding == mime::TransferEncoding::unknown;
    const bool is_utf8 = is_utf8_charset(charset) || (is_plain && is_ascii_charset(charset) && ascii_octets(body) == body.size());
    if (!is_utf8) search_converted(body, encoding, charset, search);
    else if (is_plain) search.add(body);
    else search_pieces(body, encoding, search);
    search.finish();
}

}  // namespace

SearchText::SearchText(std::string_view utf8)
    : needle_(utf8.find('\n') == utf8.npos ? std::string{utf8} : without_cr(utf8)), has_line_end_(utf8.find('\n') != utf8.npos) {}

bool is_in_value(std::string_view value, const SearchText& text) {
    const auto line = trim(value);
    const bool is_one_line = line.find('\n') == line.npos && !has_words(line);
    return text::contains(is_one_line ? line : std::string_view{text::decode_words(line)}, text.needle());
}

void search_message(std::string_view message, std::span<TextQuest> quests) {
    const auto structure = mime::read_structure(message);
    const auto is_found = [](const TextQuest& quest) { return quest.is_found; };
    for (const auto& part : structure.parts) {
        search_header(part.header.of(message), quests);
        search_body(message, part, quests);
        if (std::ranges::all_of(quests, is_found)) return;
    }
}

}  // namespace mailpipe::imap
