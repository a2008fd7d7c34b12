// SPDX-License-Identifier: ISC
#include "mta/local/stream_delivery.hpp"

#include <cstdlib>

#include "base/clock.hpp"
#include "base/unique_name.hpp"
#include "mta/piped_text.hpp"
#include "mta/sender.hpp"

namespace mailpipe::mta {

namespace {

/// How it ended, once it is durable. What one message is not stored for is not to be told as "not synced".
Result<void> settle(LocalStore& store, const Outcome& outcome) {
    const auto settled = store.commit.settle();
    if (outcome.error) return failure(*outcome.error);
    return settled;
}

}  // namespace

Result<std::optional<mail::ReversePath>> known_sender(const std::optional<std::string>& given, std::string_view domain) {
    const char* environment = std::getenv("SENDER");
    if (!given && environment == nullptr) return std::nullopt;
    auto sender = parse_sender(given ? *given : environment, domain);
    if (sender) return std::move(*sender);
    if (given) return failure(sender.error());
    return std::nullopt;
}

Result<std::string> deliver_stream(const Fd& input, LocalStore& store, Destination destination,
                                   std::optional<mail::ReversePath> sender) {
    PipedText text{input};
    const auto from = text.from_line();
    if (!from) return failure(from.error());
    if (!sender && *from) {
        if (auto said = parse_sender(**from, store.hostname)) sender = std::move(*said);
    }
    LocalMessage message{
        store, std::move(sender), {std::move(destination)}, {unique_name(system_clock().now(), store.hostname), false}};
    for (bool empty = true;; empty = false) {
        const auto piece = text.next();
        if (!piece) return failure(piece.error());
        if (piece->empty() && empty)
            return failure({Fault::permanent, "no message on standard input", ExitStatus::data});
        if (piece->empty()) break;
        if (auto written = message.write(*piece); !written) return failure(written.error());
    }
    const auto outcome = message.place().front();
    if (auto settled = settle(store, outcome); !settled) return failure(settled.error());
    return outcome.file;
}

}  // namespace mailpipe::mta
