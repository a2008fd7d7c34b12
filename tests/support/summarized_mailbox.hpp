// SPDX-License-Identifier: ISC
// Messages as SORT and THREAD get them, of their headers.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imap/search/found.hpp"

namespace mailpipe::imap {

class SummarizedMailbox {
public:
    struct Facts {
        std::int64_t arrival = 0;
        std::uint64_t octets = 0;
    };

    /// Numbers count from 1 where none is given.
    void add(std::string_view header, Facts facts, std::uint32_t number = 0) {
        texts_.push_back(make_summary(header));
        add_found(texts_.back(), facts, number);
    }
    /// One text, arrived in consecutive seconds.
    void add_copies(std::string_view header, std::size_t count) {
        texts_.push_back(make_summary(header));
        for (std::size_t i = 0; i < count; ++i) add_found(texts_.back(), {static_cast<std::int64_t>(i), 0}, 0);
    }

    std::span<const Found> messages() const { return found_; }

private:
    void add_found(const std::string& text, Facts facts, std::uint32_t number) {
        const auto next = static_cast<std::uint32_t>(found_.size() + 1);
        found_.push_back({number == 0 ? next : number, read_summary(text).value(), facts.arrival, facts.octets});
    }

    std::deque<std::string> texts_;  // which stay where they are
    std::vector<Found> found_;
};

}  // namespace mailpipe::imap
