// SPDX-License-Identifier: ISC
// Looks in a text for lines that would end the part that it stands in: RFC 2046 section 5.1.1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailpipe::mime {

class DelimiterWatch {
public:
    /// Of the multiparts around; they must live as long as the watch.
    explicit DelimiterWatch(std::vector<std::string_view> boundaries) : boundaries_(std::move(boundaries)) {}

    /// Goes on where the piece before ended. Of a line no more is looked at than can be a boundary's in a line of text.
    void add(std::string_view piece);
    /// After the last piece.
    bool has_seen_one();

private:
    void end_line();

    std::vector<std::string_view> boundaries_;
    std::string line_;  // its beginning
    bool has_seen_one_ = false;
};

}  // namespace mailpipe::mime
