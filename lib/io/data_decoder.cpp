// SPDX-License-Identifier: ISC
#include "io/data_decoder.hpp"

#include <cstring>

namespace mailpipe::io {

/// Copies up to and with the next CR or LF, or to the end of the input. The common way: a line of text with CRLF.
char* DataDecoder::decode_line(const char*& at, const char* end, char* out) {
    const auto left = static_cast<std::size_t>(end - at);
    const auto* lf = static_cast<const char*>(std::memchr(at, '\n', left));
    const char* stop = lf != nullptr ? lf : end;
    const auto* cr = static_cast<const char*>(std::memchr(at, '\r', static_cast<std::size_t>(stop - at)));
    if (cr != nullptr) stop = cr;

    const auto size = static_cast<std::size_t>(stop - at);
    std::memmove(out, at, size);
    out += size;
    wire_octets_ += size;
    at = stop;
    if (stop == end) {
        if (size > 0) state_ = State::line;
        return out;
    }
    *out++ = '\n';
    wire_octets_ += 2;
    ++at;
    if (cr == nullptr) {
        bare_newline_ = true;
        state_ = State::line;
    } else if (at < end && *at == '\n') {
        ++at;
        state_ = State::line_start;
    } else {
        state_ = State::cr;
    }
    return out;
}

DataDecoder::Step DataDecoder::decode(std::span<char> input) {
    const char* at = input.data();
    const char* const end = at + input.size();
    char* out = input.data();
    Step step{input.size(), {}, {}, false};

    while (at < end) {
        switch (state_) {
            case State::line_start:
                if (*at == '.' && form_ == Form::dotted) {
                    ++at;
                    state_ = State::dot;
                    break;
                }
                [[fallthrough]];
            case State::line: out = decode_line(at, end, out); break;
            case State::cr:
                if (*at == '\n') {
                    ++at;
                    state_ = State::line_start;
                } else {
                    bare_newline_ = true;
                    state_ = State::line;
                }
                break;
            case State::dot:
                if (*at == '\r') {
                    ++at;
                    state_ = State::dot_cr;
                } else {
                    state_ = State::line;
                }
                break;
            case State::dot_cr:
                if (*at == '\n') {
                    step.consumed = static_cast<std::size_t>(at + 1 - input.data());
                    step.end = true;
                    at = end;
                    break;
                }
                // "." CR and no LF: the CR is a bare one, and its line end has yet to come out. In the same piece the
                // dropped dot and the CR leave room for it.
                bare_newline_ = true;
                wire_octets_ += 2;
                state_ = State::line;
                if (out == at) {
                    step.before = "\n";
                } else {
                    *out++ = '\n';
                }
                break;
        }
    }
    step.text = {input.data(), static_cast<std::size_t>(out - input.data())};
    return step;
}

void DataDecoder::finish() {
    if (state_ == State::cr) bare_newline_ = true;
}

}  // namespace mailpipe::io
