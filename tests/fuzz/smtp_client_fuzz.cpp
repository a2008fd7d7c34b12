// SPDX-License-Identifier: ISC
// A client's whole session against any server: whatever it says and however the network cuts it, every recipient gets a final
// reply or none, nobody is said to have a text that was not sent to its end, and no password is shown on an open wire. The
// first octet tells how the client goes about it, the second the size of the pieces.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "smtp/client.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

constexpr std::size_t large_octets = 200'000;

struct Outcome {
    std::vector<int> codes{};  // 0: no reply
    std::string output{};

    bool operator==(const Outcome&) const = default;
};

struct Manner {
    smtp::Protocol protocol;
    smtp::Refused refused;
    smtp::Chunking chunking;
    smtp::Wire wire;
    bool is_large, is_measured, logs_in;
};

Manner manner(unsigned bits) {
    const auto is_set = [bits](unsigned bit) { return (bits & bit) != 0; };
    return {is_set(1) ? smtp::Protocol::lmtp : smtp::Protocol::smtp,
            is_set(2) ? smtp::Refused::with_the_rest : smtp::Refused::alone,
            is_set(4) ? smtp::Chunking::never : smtp::Chunking::when_offered,
            is_set(8) ? smtp::Wire::guarded : smtp::Wire::open,
            is_set(16),
            is_set(32),
            is_set(64)};
}

const mail::Envelope envelope{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}, {{"e", "f"}}, {{"g", "h"}}}};

void send(smtp::ClientSession& session, const Manner& how, Outcome& outcome, const std::string& output) {
    const std::string text = how.is_large ? std::string(large_octets, 'x') : "hello\n.world\n";
    const auto begin = output.size();
    const auto sent = session.send({.envelope = envelope,
                                    .text = [&](const io::TextSink& write) { return write(text); },
                                    .wire_octets = how.is_measured ? text.size() + 2 : 0,
                                    .refused = how.refused});
    require(sent.replies.size() == envelope.recipients.size() && sent.answered.size() == sent.replies.size());
    require(!sent.open || sent.broken);
    for (std::size_t i = 0; i < sent.replies.size(); ++i) {
        const auto& reply = sent.replies[i];
        require(!reply || reply->is_final());
        require(reply || !sent.answered[i]);
        outcome.codes.push_back(reply ? reply->code : 0);
    }
    if (std::ranges::none_of(sent.replies, [](const auto& reply) { return reply && reply->is_positive(); })) return;
    const auto said = std::string_view{output}.substr(begin);
    require(said.find(" LAST\r\n") != said.npos || said.ends_with("\r\n.\r\n"));
    require(sent.text_began);
}

Outcome talk(std::string_view input, std::size_t piece, const Manner& how) {
    test::MemoryStream stream{std::string{input}, piece};
    io::Channel channel{stream};
    smtp::ClientSession session{channel, how.protocol, "me.example"};
    session.use_chunking(how.chunking);
    Outcome outcome;
    const auto greeted = session.greet();
    if (!greeted || !greeted->is_positive()) return {{}, stream.output};
    if (how.logs_in) {
        const auto reply = session.authenticate({"user", "secret"}, how.wire);
        if (reply) require(reply->is_final());
        const bool shown = stream.output.find("AHVzZXIAc2VjcmV0") != std::string::npos || stream.output.find("c2VjcmV0") != std::string::npos;
        require(!shown || how.wire == smtp::Wire::guarded);
        if (!reply) return {{}, {}};
    }
    (void)session.extensions().max_recipients();
    (void)session.extensions().max_mails();
    send(session, how, outcome, stream.output);
    send(session, how, outcome, stream.output);
    session.quit();
    require(stream.output.ends_with("QUIT\r\n"));
    outcome.output = stream.output;
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input{reinterpret_cast<const char*>(data) + 2, size - 2};
    const auto how = manner(data[0]);
    const auto whole = talk(input, SIZE_MAX, how);
    // SCRAM never says the same twice.
    if (how.logs_in && whole.output.find("AUTH SCRAM") != std::string::npos) return 0;
    require(talk(input, data[1] + 1u, how) == whole);
    return 0;
}
