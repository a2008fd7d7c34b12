// SPDX-License-Identifier: ISC
// A stream with buffers: lines and octets in, replies gathered on the way out. What every session talks through.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/stream.hpp"

namespace mailpipe::io {

enum class LineEnd {
    crlf,
    bare_lf,   ///< LF without CR: not a line in SMTP, POP3 or IMAP; the caller decides
    too_long,  ///< more than the limit came before LF: `text` is empty, the line has been swallowed
};

struct Line {
    std::string_view text;  ///< without its end; valid until the next read from the channel
    LineEnd end;
    /// too_long: its first and its last octets, Channel::kept_octets of each at most.
    std::string_view head{};
    std::string_view tail{};
};

class Channel {
public:
    static constexpr std::size_t input_octets = 64 * 1024;   ///< also the longest line that can be read
    static constexpr std::size_t output_octets = 64 * 1024;  ///< gathered before it is sent without flush()
    static constexpr std::size_t kept_octets = 128;          ///< of either end of a line that is too long

    explicit Channel(Stream& stream, std::chrono::milliseconds write_timeout = std::chrono::minutes{5});

    /// The next line, nothing when the peer has closed. Sends what was gathered before it waits. `limit` counts the
    /// octets with the line's end (as RFC 5321 section 4.5.3.1 does) and is at most input_octets.
    Result<std::optional<Line>> read_line(std::size_t limit, Deadline deadline);

    /// What has come, at least one octet, empty when the peer has closed. It stays in the buffer until consume(), and
    /// may be changed in place. Sends what was gathered before it waits.
    Result<std::span<char>> peek(Deadline deadline);
    void consume(std::size_t octets);

    /// True when the peer has already sent more than was asked for. Pipelining servers put off flush() by it.
    bool has_input() const { return begin_ < end_; }
    /// Throws away what the peer sent ahead: RFC 3207 section 4.2.
    void discard_input() { begin_ = end_ = 0; }

    /// Waits for the peer's next octet, or something else: Stream::wait(). Sends what was gathered first. When nothing
    /// has happened for a second, memory goes back to the system, of the whole process too, before the wait goes on.
    Result<Woken> wait(std::span<Watched> others, Deadline deadline);

    /// Gathers, or sends at once what is large and alone; an error comes out of the next flush() or read.
    void write(std::string_view data);
    /// The same; `data` is empty afterwards. What is large enough is not copied.
    void take(std::string& data);
    Result<void> flush();
    /// What went wrong when something was sent; nothing more is sent then.
    const std::optional<Error>& write_error() const { return write_error_; }
    /// After that: what the peer has said before can be read all the same. Nothing is to be written any more.
    void give_up_writing() {
        output_.clear();
        write_error_.reset();
    }

    /// From now on everything goes through `stream` (TLS, COMPRESS). Precondition: flushed, and no input pending.
    void replace(Stream& stream) { stream_ = &stream; }
    Stream& stream() { return *stream_; }

private:
    Result<std::size_t> fill(Deadline deadline);
    Result<Line> swallow_line(Deadline deadline);
    Result<void> send(std::string_view data);
    void release_memory();

    Stream* stream_;
    std::chrono::milliseconds write_timeout_;
    std::unique_ptr<char[]> input_;  // from the first read on; not zeroed: most connections touch one page of it
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::string head_;  // of the last line that was too long
    std::string tail_;
    std::string output_;
    std::optional<Error> write_error_;
};

}  // namespace mailpipe::io
