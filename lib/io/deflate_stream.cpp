// SPDX-License-Identifier: ISC
#include "io/deflate_stream.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace mailpipe::io {

namespace {

constexpr int read_window = -15;  // the peer's may be as wide as deflate has them; negative: raw
// Mail becomes a third of its size. Window 15 and memory level 8 would save 4 % more for twice the memory (256 KiB),
// level 6 another 2 % for a fifth more time.
constexpr int written_window = -14;
constexpr int memory_level = 7;
constexpr int level = 4;

Bytef* octets(const char* data) { return reinterpret_cast<Bytef*>(const_cast<char*>(data)); }

}  // namespace

class DeflateStream::Inflater {
public:
    explicit Inflater(std::string_view history) {
        if (inflateInit2(&zlib_, read_window) != Z_OK) throw std::bad_alloc{};
        if (!history.empty()) inflateSetDictionary(&zlib_, octets(history.data()), static_cast<uInt>(history.size()));
    }
    ~Inflater() { inflateEnd(&zlib_); }
    Inflater(const Inflater&) = delete;

    /// Takes octets off `input`, and gives how many it has put into `buffer`.
    Result<std::size_t> inflate(std::string_view& input, std::span<char> buffer) {
        zlib_.next_in = octets(input.data());
        zlib_.avail_in = static_cast<uInt>(input.size());
        zlib_.next_out = octets(buffer.data());
        zlib_.avail_out = static_cast<uInt>(std::min<std::size_t>(buffer.size(), UINT32_MAX));
        const auto room = zlib_.avail_out;
        const int result = ::inflate(&zlib_, Z_SYNC_FLUSH);
        input.remove_prefix(input.size() - zlib_.avail_in);
        may_have_more_ = zlib_.avail_out == 0;
        has_ended_ = result == Z_STREAM_END;
        if (result == Z_OK || result == Z_BUF_ERROR || has_ended_) return room - zlib_.avail_out;
        may_have_more_ = true;  // the same error
        return failure({Fault::transient, result == Z_MEM_ERROR ? "COMPRESS: no memory" : "COMPRESS: the peer sends no deflate"});
    }

    /// Without input: the last call filled the buffer, or failed.
    bool may_have_more() const { return may_have_more_; }
    bool has_ended() const { return has_ended_; }

    /// Between two blocks that end with an octet, all that counts is the text before.
    bool is_between_blocks() const {
        constexpr int after_block = 128, unused_bits_and_last = 127;
        return !may_have_more_ && !has_ended_ && (zlib_.data_type & after_block) != 0 &&
               (zlib_.data_type & unused_bits_and_last) == 0;
    }
    std::string history() {
        std::string text(std::size_t{1} << -read_window, '\0');
        uInt size = 0;
        inflateGetDictionary(&zlib_, octets(text.data()), &size);
        return text.substr(0, size);
    }

private:
    z_stream zlib_{};
    bool may_have_more_ = false;
    bool has_ended_ = false;
};

class DeflateStream::Deflater {
public:
    Deflater() {
        if (deflateInit2(&zlib_, level, Z_DEFLATED, written_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc{};
    }
    ~Deflater() { deflateEnd(&zlib_); }
    Deflater(const Deflater&) = delete;

    Result<void> write(std::string_view data, Stream& below, Deadline deadline) {
        std::array<char, 16 * 1024> out;
        zlib_.next_in = octets(data.data());
        zlib_.avail_in = static_cast<uInt>(data.size());
        do {
            zlib_.next_out = octets(out.data());
            zlib_.avail_out = out.size();
            ::deflate(&zlib_, Z_SYNC_FLUSH);
            if (auto r = below.write({out.data(), out.size() - zlib_.avail_out}, deadline); !r) return r;
        } while (zlib_.avail_out == 0);
        return {};
    }

private:
    z_stream zlib_{};
};

DeflateStream::DeflateStream(Stream& below) : below_(below) {}
DeflateStream::~DeflateStream() = default;

/// Of what has come so far: 0 when that is not enough for an octet.
Result<std::size_t> DeflateStream::inflate(std::span<char> buffer) {
    if (pending_.empty() && (!inflater_ || !inflater_->may_have_more())) return std::size_t{0};
    if (!inflater_) inflater_ = std::make_unique<Inflater>(std::exchange(history_, {}));
    return inflater_->inflate(pending_, buffer);
}

/// One read below. Precondition: nothing is pending.
Result<std::size_t> DeflateStream::fill(Deadline deadline) {
    if (!input_) input_.reset(new std::array<char, input_octets>);
    const auto n = below_.read(*input_, deadline);
    pending_ = {input_->data(), n.value_or(0)};
    return n;
}

Result<std::size_t> DeflateStream::read(std::span<char> buffer, Deadline deadline) {
    if (buffer.empty()) return std::size_t{0};
    if (std::exchange(has_ahead_, false)) {
        buffer.front() = ahead_;
        const auto n = inflate(buffer.subspan(1));
        return n.value_or(0) + 1;  // an error comes again
    }
    for (;;) {
        const auto n = inflate(buffer);
        if (!n || *n > 0) return n;
        if (inflater_ && inflater_->has_ended()) return std::size_t{0};
        if (const auto came = fill(deadline); !came || *came == 0) return came;
    }
}

/// Inflates one octet ahead, where it can. The peer's end and errors count: read() tells them again.
bool DeflateStream::has_text() {
    if (has_ahead_) return true;
    const auto n = inflate({&ahead_, 1});
    has_ahead_ = n && *n > 0;
    return !n || has_ahead_ || (inflater_ && inflater_->has_ended());
}

Result<Woken> DeflateStream::wait(std::span<Watched> others, Deadline deadline) {
    while (!has_text()) {
        const auto woken = below_.wait(others, deadline);
        if (!woken || *woken != Woken::peer) return woken;
        // What has been seen to be there is read without waiting, also after the deadline.
        const auto came = fill(std::max(deadline, Deadline::after(std::chrono::seconds{1})));
        if (!came || *came == 0) break;
        if (deadline.remaining() == std::chrono::milliseconds{0}) return has_text() ? Woken::peer : Woken::deadline;
    }
    return Woken::peer;
}

Result<void> DeflateStream::write(std::string_view data, Deadline deadline) {
    constexpr std::size_t piece = std::size_t{1} << 30;  // zlib counts with 32 bits
    if (!data.empty() && !deflater_) deflater_ = std::make_unique<Deflater>();
    for (; !data.empty(); data.remove_prefix(std::min(piece, data.size()))) {
        if (auto r = deflater_->write(data.substr(0, piece), below_, deadline); !r) return r;
    }
    return {};
}

void DeflateStream::release_memory() {
    deflater_.reset();  // after a flush a new one goes on as well; it only has no text yet to refer to
    if (pending_.empty()) input_.reset();
    if (pending_.empty() && inflater_ && inflater_->is_between_blocks()) {
        history_ = inflater_->history();
        inflater_.reset();
    }
    below_.release_memory();
}

}  // namespace mailpipe::io
