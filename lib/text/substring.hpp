// SPDX-License-Identifier: ISC
// Is it in there? The substring operation of i;unicode-casemap (RFC 5051 section 2), in texts that may come in pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// What is looked for, prepared once.
class Needle {
public:
    /// UTF-8.
    explicit Needle(std::string_view text);

    /// By append_casemapped(). The empty one is in every text.
    const std::string& key() const { return key_; }
    /// In a text all in ASCII, which is not copied. Time grows with both texts' octets at worst, not with their product.
    bool is_in_ascii(std::string_view ascii) const;

private:
    bool is_at(std::string_view ascii, std::size_t place) const;

    std::string key_;
    bool is_ascii_;
    std::size_t rare_ = 0;  // the places in key_ that come seldom, to look for them first
    std::size_t other_ = 0;
};

/// One text, piece by piece.
class Substring {
public:
    /// `needle` must live as long.
    explicit Substring(const Needle& needle) : needle_(&needle), is_found_(needle.key().empty()) {}

    /// Goes on where the piece before ended, be it inside of a character. True once it was found, which may be told later: by
    /// finish() at last.
    bool add(std::string_view piece);
    /// There are no more pieces.
    bool finish();
    bool is_found() const { return is_found_; }
    /// Another text begins.
    void restart();

private:
    void add_whole(std::string_view text);
    void add_run(std::string_view ascii);
    void look();

    const Needle* needle_;
    bool is_found_;
    std::string mapped_;  // what was mapped and not looked at, behind so much of the text before that a match may begin there
    std::string cut_;     // the beginning of a character whose end has not come
};

/// In a whole text.
bool contains(std::string_view text, const Needle& needle);

}  // namespace mailpipe::text
