// SPDX-License-Identifier: ISC
// The lines that a document becomes: blanks collapse, line ends and empty lines come only when text follows them, quote
// marks and indentation stand in front, the cells of a row beside each other.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::html {

class Lines {
public:
    /// keep: as in <pre>. Of a tab, as many blanks as it takes to the next multiple of eight octets.
    enum class Blanks { collapse, keep };
    /// `utf8` is UTF-8. Control characters and those that nobody sees are left out; no-break and other spaces are blanks
    /// that do not collapse.
    void text(std::string_view utf8, Blanks blanks);

    /// The text that follows begins a new line, but for the first in a cell: it stays beside the one before.
    void end_line();
    /// The same after an empty line.
    void end_paragraph();
    /// <br>: an empty line where nothing is on the line. Never two of them.
    void break_line();
    void rule();

    /// Puts `first` before the next line and `rest` before those after it; both have the same size. How many octets to
    /// take back with outdent(): 0 where there are `max_indent` already, so that nothing grows with depth.
    std::size_t indent(std::string_view first, std::string_view rest);
    void outdent(std::size_t octets);
    static constexpr std::size_t max_indent = 40;

    /// A table within a cell has rows of its own: what begin_table() returns goes to its end_table().
    std::size_t begin_table();
    void end_table(std::size_t outer);
    void begin_cell();
    void end_row();

    /// marked() is the text since mark(), as it stands; line ends and what is in front of lines between.
    void mark();
    std::string_view marked() const;
    /// Goes behind the last text, whether its line has ended or not.
    void append(std::string_view visible) { out_ += visible; }

    std::string finish() &&;

private:
    void visible(std::string_view run);
    void start_line();
    void blank(char c, Blanks blanks);
    void soft_blank();
    void hard_blanks(std::size_t count);
    void special(std::string_view character);
    bool cell_is_empty() const { return cell_ == out_.size(); }
    void end_line_of_cell();

    static constexpr std::size_t nowhere = std::string::npos;

    std::string out_;            // without the last line end
    std::string first_, rest_;   // in front of the next line, of those after it
    std::string last_rest_;      // rest_ at the last line
    bool is_open_ = false;       // there is text on the line
    int line_ends_ = 0;          // before the next text: 1, or 2 for an empty line
    std::size_t blanks_ = 0;     // before the next text
    bool is_soft_ = false;       // the last of them collapses with the next
    std::size_t lines_ = 0;
    std::size_t line_begin_ = 0; // after what is in front
    std::size_t cell_ = nowhere; // where the cell's text begins
    std::size_t cell_line_ = 0;  // the first of the cell; 0: there is none in this row
    std::size_t mark_ = nowhere;
    bool is_marking_ = false;    // the mark is set by the next text
};

}  // namespace mailpipe::html
