// SPDX-License-Identifier: ISC
#include "dns/message.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::dns {

namespace {

constexpr std::size_t max_name_octets = 255;  // RFC 1035 section 3.1
constexpr std::size_t header_octets = 12;
constexpr std::uint16_t class_in = 1;

/// A place in the message; what would go beyond its end, or can't be, makes it bad for good.
class Reader {
public:
    Reader(std::string_view octets, std::size_t at) : octets_(octets), at_(at) {}

    bool is_bad() const { return is_bad_; }
    std::size_t at() const { return at_; }

    std::uint8_t u8() {
        const auto octet = take(1);
        return octet.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(octet[0]);
    }
    std::uint16_t u16() {
        const auto high = u8();
        return static_cast<std::uint16_t>(high << 8 | u8());
    }
    std::uint32_t u32() {
        const std::uint32_t high = u16();
        return high << 16 | u16();
    }
    std::string_view take(std::size_t size) {
        if (is_bad_ || size > octets_.size() - at_) {
            is_bad_ = true;
            return {};
        }
        at_ += size;
        return octets_.substr(at_ - size, size);
    }
    std::string name();

private:
    std::string_view octets_;
    std::size_t at_;
    bool is_bad_ = false;
};

void append_label(std::string& name, std::string_view label) {
    if (!name.empty()) name += '.';
    for (const char c : label) {
        if (c == '.' || c == '\\') name += '\\';
        if (c > ' ' && c < 0x7f) name += to_lower(c);
        else name += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    }
}

/// RFC 1035 section 4.1.4. Each pointer leads to before the piece of the name that it ends, so there is no way round.
std::string Reader::name() {
    std::string text;
    std::size_t octets = 1;
    std::size_t piece = at_;
    std::optional<std::size_t> after;
    for (;;) {
        const auto length = u8();
        if (is_bad_ || length == 0) break;
        if (length < 64) {
            octets += length + std::size_t{1};
            if (octets > max_name_octets) is_bad_ = true;
            append_label(text, take(length));
            continue;
        }
        const std::size_t target = (length & 0x3fU) << 8 | u8();
        if (length < 0xc0 || target >= piece) is_bad_ = true;  // 0x40 and 0x80 are no lengths: RFC 6891 section 5
        if (is_bad_) break;
        if (!after) after = at_;
        at_ = piece = target;
    }
    if (after) at_ = *after;
    return text;
}

std::optional<net::IpAddress> address_of(std::string_view data) {
    net::IpAddress address;
    if (data.size() == 4) address.octets[10] = address.octets[11] = 0xff;
    if (data.size() != 4 && data.size() != 16) return {};
    std::ranges::copy(data, address.octets.end() - static_cast<std::ptrdiff_t>(data.size()));
    return address;
}

/// The character-strings of a TXT record: at least one (RFC 1035 section 3.3.14).
std::optional<std::string> text_of(std::string_view data) {
    std::string text;
    if (data.empty()) return {};
    while (!data.empty()) {
        const auto size = static_cast<std::uint8_t>(data[0]);
        if (size >= data.size()) return {};
        text += data.substr(1, size);
        data.remove_prefix(size + std::size_t{1});
    }
    return text;
}

bool is_known(std::uint16_t type) {
    switch (type) {
        case static_cast<std::uint16_t>(Type::a):
        case static_cast<std::uint16_t>(Type::ptr):
        case static_cast<std::uint16_t>(Type::mx):
        case static_cast<std::uint16_t>(Type::txt):
        case static_cast<std::uint16_t>(Type::aaaa):
        case static_cast<std::uint16_t>(Type::tlsa):
        case cname_type: return true;
        default: return false;
    }
}

/// Reads `size` octets of data into `record`. False: they are not what the type has.
bool read_data(Reader& reader, std::size_t size, Record& record) {
    const std::size_t end = reader.at() + size;
    switch (static_cast<Type>(record.type)) {
        case Type::a:
        case Type::aaaa: {
            const auto address = address_of(reader.take(size));
            if (!address || size != (record.type == static_cast<std::uint16_t>(Type::a) ? 4U : 16U)) return false;
            record.data = *address;
            break;
        }
        case Type::txt: {
            auto text = text_of(reader.take(size));
            if (!text) return false;
            record.data = std::move(*text);
            break;
        }
        case Type::mx: {
            const auto preference = reader.u16();
            record.data = Mx{preference, reader.name()};
            break;
        }
        case Type::tlsa: {
            if (size < 4) return false;
            const auto usage = reader.u8(), selector = reader.u8(), matching_type = reader.u8();
            record.data = Tlsa{usage, selector, matching_type, std::string(reader.take(size - 3))};
            break;
        }
        default: record.data = reader.name();  // CNAME and PTR
    }
    return !reader.is_bad() && reader.at() == end;
}

/// The next record, nothing for one that is left out. A bad one makes `is_good` false.
std::optional<Record> read_record(Reader& reader, bool& is_good) {
    Record record{reader.name(), reader.u16(), 0, {}};
    const auto record_class = reader.u16();
    record.ttl = reader.u32();
    const std::size_t size = reader.u16();
    is_good = !reader.is_bad();
    if (!is_good) return {};
    if (record.ttl > INT32_MAX) record.ttl = 0;  // RFC 2181 section 8
    if (record_class != class_in || !is_known(record.type)) {
        reader.take(size);
        is_good = !reader.is_bad();
        return {};
    }
    is_good = read_data(reader, size, record);
    if (!is_good) return {};
    return record;
}

tl::unexpected<Error> malformed(std::string_view what, std::size_t octet) {
    return failure({Fault::transient, fmt::format("{} at octet {}", what, octet)});
}

}  // namespace

std::string rcode_name(unsigned rcode) {
    constexpr std::array names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
    if (rcode < names.size()) return names[rcode];
    return fmt::format("RCODE {}", rcode);
}

Result<Message> parse_message(std::string_view octets) {
    if (octets.size() < header_octets) return malformed("no whole header", octets.size());
    Reader reader{octets, 0};
    Message message;
    message.id = reader.u16();
    const auto flags = reader.u16();
    if ((flags & 0x8000U) == 0) return malformed("a question, no answer", 2);
    message.is_truncated = (flags & 0x0200U) != 0;
    message.is_authentic = (flags & 0x0020U) != 0;
    message.rcode = flags & 0x000fU;

    const auto questions = reader.u16();
    const auto answers = reader.u16();
    reader.take(4);  // how many records the other sections have
    for (unsigned i = 0; i < questions; ++i) {
        reader.name();
        reader.take(4);
        if (reader.is_bad()) return malformed("bad question", reader.at());
    }
    for (unsigned i = 0; i < answers; ++i) {
        const auto begin = reader.at();
        bool is_good = false;
        auto record = read_record(reader, is_good);
        if (!is_good) return malformed("bad record", begin);
        if (record) message.answers.push_back(std::move(*record));
    }
    return message;
}

}  // namespace mailpipe::dns
