// SPDX-License-Identifier: ISC
// Looks for strings in a message as SEARCH wants it: decoded, by i;unicode-casemap (RFC 9051 section 6.4.4, RFC 5255 section
// 4.6). White space counts as it stands; a line end is LF, whichever the message has.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.hpp"
#include "text/substring.hpp"

namespace mailpipe::imap {

/// What is looked for. Prepared once for all messages.
class SearchText {
public:
    explicit SearchText(std::string_view utf8);

    const text::Needle& needle() const { return needle_; }
    bool has_line_end() const { return has_line_end_; }

private:
    text::Needle needle_;
    bool has_line_end_;
};

/// In a field's value as it stands, unfolded and with its encoded-words decoded.
bool is_in_value(std::string_view value, const SearchText& text);

/// One of BODY's or TEXT's strings in one message.
struct TextQuest {
    const SearchText* text;
    bool is_in_headers;     ///< TEXT: also in the header, and in those of parts
    bool is_found = false;
};

/// Fills in `is_found` of each quest. Searched are the text and message parts, of HTML the markup too; what is no text is not.
void search_message(std::string_view message, std::span<TextQuest> quests);

}  // namespace mailpipe::imap
