// SPDX-License-Identifier: ISC
// Standard output and standard error as the one who called the tool sees them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace mailpipe::view {

/// Data goes to standard output, through a pager where that is asked for; talk to standard error, with the tool's name. On a
/// terminal long work shows there how far it is. For one thread at a time.
class Console {
public:
    explicit Console(std::string tool);
    Console(Console&&) = delete;
    /// The line of progress goes; waits for the pager's end.
    ~Console();

    void print(std::string_view data);
    void complain(std::string_view what);
    /// Another message is done.
    void count();

    /// Nothing more can be written: the disk is full, or nobody reads. cli::Command tells that.
    bool is_broken() const;

    static bool is_terminal();
    /// A terminal that shows colours, whose user did not say otherwise ($NO_COLOR).
    static bool has_colours();
    /// $COLUMNS, else those of the terminal, 80 where it does not tell; 0 where standard output is none.
    static unsigned columns();

    /// $PAGER, else less(1), shows what is printed, if standard output is a terminal, and $PAGER is not empty or "cat", and
    /// there. It is started when there is something to show: until then the keyboard is for others.
    void page() { wants_pager_ = true; }

private:
    void start_pager();
    void erase_progress();

    std::string tool_;
    std::uint64_t messages_ = 0;
    bool shows_progress_;
    bool has_progress_ = false;  // a line of it stands on the terminal
    std::int64_t begun_ms_;
    std::int64_t shown_ms_;
    bool wants_pager_ = false;
    std::FILE* pager_ = nullptr;
};

}  // namespace mailpipe::view
