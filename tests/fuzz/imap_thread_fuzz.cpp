// SPDX-License-Identifier: ISC
// Whatever messages refer to, each comes once in the answer, whose parentheses match. Two octets are a message: its
// identifier, of sixteen, whom it refers to, its subject and its date.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "imap/search/thread.hpp"

using namespace mailpipe::imap;

namespace {

std::string id(unsigned number) { return '<' + std::to_string(number % 16) + "@x>"; }

/// Two octets: identifier and references, subject and date.
std::string header(unsigned char links, unsigned char rest) {
    std::string text = "Message-ID: " + id(links) + "\nReferences:";
    for (unsigned i = 0; i < (rest & 3u); ++i) text += ' ' + id((links >> 4) + i * (rest >> 2));
    text += "\nSubject: ";
    text += rest & 4 ? "re: " : "";
    text += static_cast<char>('a' + (rest >> 3 & 3));
    return text + '\n';
}

void require_sound(const std::string& answer, std::size_t messages) {
    std::vector<bool> seen(messages);
    std::size_t depth = 0;
    for (std::size_t at = 0; at < answer.size();) {
        if (answer[at] >= '0' && answer[at] <= '9') {
            std::size_t digits = 0;
            const auto number = std::stoul(answer.substr(at), &digits);
            require(depth > 0 && number >= 1 && number <= messages && !seen[number - 1]);
            seen[number - 1] = true;
            at += digits;
            continue;
        }
        if (answer[at] == '(') ++depth;
        if (answer[at] == ')') require(depth-- > 0);
        ++at;
    }
    require(depth == 0 && std::ranges::all_of(seen, [](bool is_there) { return is_there; }));
    require(answer.find("()") == answer.npos && answer.find(" )") == answer.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::deque<std::string> texts;
    std::vector<Found> messages;
    for (std::size_t i = 0; i + 1 < std::min<std::size_t>(size, 200); i += 2) {
        texts.push_back(make_summary(header(data[i], data[i + 1])));
        const auto number = static_cast<std::uint32_t>(messages.size() + 1);
        messages.push_back({number, *read_summary(texts.back()), data[i + 1] & 7, 0});
    }
    for (const auto algorithm : {ThreadAlgorithm::ordered_subject, ThreadAlgorithm::references, ThreadAlgorithm::refs}) {
        require_sound(threads(messages, algorithm), messages.size());
    }
    return 0;
}
