// SPDX-License-Identifier: ISC
// A server's replies, read by a client; what is read is written so that the same is read again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/ascii.hpp"
#include "smtp/extensions.hpp"
#include "smtp/read_reply.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

std::string wire(const smtp::Reply& reply) {
    test::MemoryStream stream;
    io::Channel channel{stream};
    smtp::write(channel, reply);
    (void)channel.flush();
    return stream.output;
}

Result<smtp::Reply> read(std::string text) {
    test::MemoryStream stream{std::move(text)};
    io::Channel channel{stream};
    return smtp::read_reply(channel, io::Deadline::after(std::chrono::minutes{1}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto reply = read({reinterpret_cast<const char*>(data), size});
    if (!reply) return 0;
    const smtp::Extensions extensions{reply->text};
    (void)extensions.offers("SIZE");
    (void)extensions.max_octets();

    const auto again = read(wire(*reply));
    if (!again || again->code != reply->code || again->enhanced != reply->enhanced) std::abort();
    const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
    if (lines(again->text) != lines(reply->text)) std::abort();
    return 0;
}
