// SPDX-License-Identifier: ISC
// Messages of all kinds, the same ones for the same seed: multiparts and messages within each other, texts and octets in
// all encodings, some of them mislabelled.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace mailpipe::mime {

class RandomMessage {
public:
    RandomMessage(std::uint32_t seed, std::string line_end) : random_(seed), end_(std::move(line_end)) {}

    std::string make() { return field("Subject", "x") + (one_in(3) ? "" : field("MIME-Version", "1.0")) + entity(4); }

    /// In the message made last.
    int sealed() const { return sealed_; }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    std::string field(const std::string& name, const std::string& value) const { return name + ": " + value + end_; }

    /// A header's rest and its body.
    std::string entity(int depth) {
        if (depth > 0 && one_in(3)) return multipart(depth);
        if (depth > 0 && one_in(6)) return field("Content-Type", "message/rfc822") + label("8bit", 2) + end_ + field("To", "y") + entity(depth - 1);
        return one_in(3) ? octets() : text();
    }

    std::string label(const std::string& encoding, std::size_t n = 1) { return one_in(n) ? field("Content-Transfer-Encoding", encoding) : ""; }

    std::string multipart(int depth) {
        const auto boundary = std::string("b") + std::to_string(++boundaries_) + "=_";
        const bool is_signed = one_in(5);
        sealed_ += is_signed;
        auto made = field("Content-Type", std::string{"multipart/"} + (is_signed ? "signed" : "mixed") + ";" + end_ + "\tboundary=\"" + boundary + "\"");
        made += label(one_in(2) ? "8bit" : "binary", 2) + end_ + (one_in(3) ? "preamble" + end_ : "");
        for (auto n = below(4); n > 0; --n) made += "--" + boundary + end_ + entity(depth - 1) + end_;
        return made + (one_in(10) ? "" : "--" + boundary + "--" + end_) + (one_in(3) ? "epilogue" : "");
    }

    std::string text();
    std::string octets();
    std::string lines();

    std::mt19937 random_;
    std::string end_;
    int boundaries_ = 0;
    int sealed_ = 0;
};

}  // namespace mailpipe::mime
