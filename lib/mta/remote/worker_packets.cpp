// SPDX-License-Identifier: ISC
#include "mta/remote/worker_packets.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/number.hpp"
#include "queue/envelope.hpp"
#include "queue/journal.hpp"

namespace mailpipe::mta {

namespace {

constexpr char field_end = '\0';
constexpr std::string_view envelope_end = "Received:";  // where an envelope ends: spool(5)

enum class Kind : std::uint8_t { connected, failed, text_begins, finished, leaving };

/// Fields one behind the other, each with its end.
class Fields {
public:
    explicit Fields(Kind kind) { add(static_cast<std::uint64_t>(kind)); }
    void add(std::uint64_t number) { add(fmt::format("{}", number)); }
    void add(std::string_view text) {
        const auto begin = text_.size();
        text_ += text;
        std::replace(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.end(), field_end, ' ');
        text_ += field_end;
    }
    void add(const smtp::Reply& reply) {
        add(static_cast<std::uint64_t>(reply.code));
        add(reply.enhanced);
        add(std::string_view{reply.text}.substr(0, queue::max_reply_octets));
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

/// Gives the fields back. What is not there is empty, and 0.
class FieldReader {
public:
    explicit FieldReader(std::string_view text) : rest_(text) {}
    std::string_view text() {
        const auto field = rest_.substr(0, rest_.find(field_end));
        rest_.remove_prefix(std::min(field.size() + 1, rest_.size()));
        return field;
    }
    std::uint64_t number() { return to_number<std::uint64_t>(text()).value_or(0); }
    smtp::Reply reply() {
        const auto code = static_cast<int>(number());
        const auto enhanced = text();
        return {code, std::string{enhanced}, std::string{text()}};
    }
    bool is_empty() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

struct Formatter {
    std::string operator()(const Connected& connected) const {
        Fields fields{Kind::connected};
        fields.add(connected.tls);
        fields.add(static_cast<std::uint64_t>(connected.trust));
        fields.add(std::uint64_t{connected.offers_dsn});
        fields.add(std::uint64_t{connected.offers_requiretls});
        fields.add(connected.max_recipients);
        return fields.take();
    }
    std::string operator()(const HostFailure& failure) const {
        Fields fields{Kind::failed};
        fields.add(static_cast<std::uint64_t>(failure.step));
        fields.add(failure.reply);
        return fields.take();
    }
    std::string operator()(const Finished& finished) const {
        Fields fields{Kind::finished};
        fields.add(std::uint64_t{finished.is_untouched});
        fields.add(std::uint64_t{finished.goes_on});
        fields.add(std::uint64_t{finished.has_answer});
        for (const auto& reply : finished.replies) fields.add(reply);
        return fields.take();
    }
    std::string operator()(const TextBegins&) const { return Fields{Kind::text_begins}.take(); }
    std::string operator()(const Leaving&) const { return Fields{Kind::leaving}.take(); }
};

Finished parse_finished(FieldReader& reader) {
    Finished finished;
    finished.is_untouched = reader.number() != 0;
    finished.goes_on = reader.number() != 0;
    finished.has_answer = reader.number() != 0;
    while (!reader.is_empty()) finished.replies.push_back(reader.reply());
    return finished;
}

}  // namespace

std::string to_packet(const WorkerReport& report) { return std::visit(Formatter{}, report); }

Result<WorkerReport> parse_report(std::string_view packet) {
    FieldReader reader{packet};
    if (reader.is_empty()) return failure({Fault::transient, "a worker says nothing"});
    switch (static_cast<Kind>(reader.number())) {
        case Kind::connected: {
            Connected connected{std::string{reader.text()}};
            connected.trust = static_cast<tls::Trust>(reader.number());
            connected.offers_dsn = reader.number() != 0;
            connected.offers_requiretls = reader.number() != 0;
            connected.max_recipients = reader.number();
            return connected;
        }
        case Kind::failed: {
            const auto step = static_cast<HostFailure::Step>(reader.number());
            return HostFailure{step, reader.reply()};
        }
        case Kind::text_begins: return TextBegins{};
        case Kind::finished: return parse_finished(reader);
        case Kind::leaving: return Leaving{};
    }
    return failure({Fault::transient, "a worker says what we don't understand"});
}

Result<std::string> to_packet(const Transfer& transfer) {
    const auto envelope = queue::format_envelope(transfer.envelope);
    if (!envelope) return failure(envelope.error());
    auto packet = fmt::format("{} {} {} {}\n{}{}", transfer.begin, transfer.end, transfer.wire_octets, transfer.text_waits ? 1 : 0,
                              *envelope, envelope_end);
    if (packet.size() > max_packet_octets) return failure({Fault::permanent, "the envelope is too long"});
    return packet;
}

Result<Transfer> parse_transfer(std::string_view packet) {
    const auto bad = [] { return failure({Fault::transient, "no transfer"}); };
    Transfer transfer;
    std::uint64_t text_waits = 0;
    for (auto* number : {&transfer.begin, &transfer.end, &transfer.wire_octets, &text_waits}) {
        const auto read = take_number<std::uint64_t>(packet);
        if (!read || packet.empty()) return bad();
        *number = *read;
        packet.remove_prefix(1);
    }
    transfer.text_waits = text_waits != 0;
    auto stored = queue::parse_envelope(packet);
    if (!stored) return failure(stored.error());
    if (!*stored) return bad();
    transfer.envelope = std::move((*stored)->envelope);
    return transfer;
}

}  // namespace mailpipe::mta
