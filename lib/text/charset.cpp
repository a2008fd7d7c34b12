// SPDX-License-Identifier: ISC
#include "text/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::text {

namespace {

constexpr std::size_t max_name_octets = 40;
constexpr std::size_t max_open = 256;  // descriptors that are kept: iconv(3) has about as many charsets, and takes long to load one again

/// windows-1252 of 0x80 to 0x9f; what it leaves open is the C1 control of that number, as browsers do.
constexpr char16_t high[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

void append_octet(std::string& text, char c) { append_character(text, windows_1252(c)); }

/// UTF-8 and ASCII need no library.
std::string mend_utf8(std::string_view octets) {
    std::string text;
    text.reserve(octets.size());
    for (;;) {
        const auto plain = ascii_octets(octets);
        text += octets.substr(0, plain);
        octets.remove_prefix(plain);
        if (octets.empty()) return text;
        const auto size = character_octets(octets);
        if (size == 0) append_octet(text, octets.front());
        else text += octets.substr(0, size);
        octets.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

struct Close {
    using pointer = iconv_t;
    void operator()(iconv_t descriptor) const { ::iconv_close(descriptor); }
};

struct Converter {
    std::string charset;
    std::unique_ptr<void, Close> descriptor;  // null: nobody knows it
};

std::unique_ptr<void, Close> opened(const std::string& to, const std::string& from) {
    auto* descriptor = ::iconv_open(to.c_str(), from.c_str());
    if (descriptor == reinterpret_cast<iconv_t>(-1)) descriptor = nullptr;
    return std::unique_ptr<void, Close>{descriptor};
}

/// Kept open for this thread, as the next text mostly has the same charset. Null: nobody knows it.
iconv_t open_converter(const std::string& charset) {
    static thread_local std::vector<Converter> open;
    const auto found = std::ranges::find(open, charset, &Converter::charset);
    if (found != open.end()) {
        std::rotate(open.begin(), found, found + 1);
        return open.front().descriptor.get();
    }
    if (open.size() == max_open) open.pop_back();
    open.insert(open.begin(), Converter{charset, opened("UTF-8", charset)});
    return open.front().descriptor.get();
}

bool is_utf8_name(std::string_view name) { return iequals(name, "utf-8") || iequals(name, "utf8"); }
bool is_ascii_name(std::string_view name) { return iequals(name, "us-ascii") || iequals(name, "ascii"); }

/// What may be given to iconv_open(3), which would obey "//TRANSLIT"; with the names that mailers have made up.
std::string sound_name(std::string_view charset) {
    const auto name = lower(trim(charset));
    const bool is_sound = !name.empty() && name.size() <= max_name_octets && std::ranges::all_of(name, [](char c) {
        return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
    });
    if (!is_sound || name == "utf-7" || name == "unicode-1-1-utf-7") return {};
    if (name == "ks_c_5601-1987" || name == "ks_c_5601") return "cp949";
    if (name == "gb2312" || name == "gb_2312-80" || name == "x-gbk") return "gb18030";
    if (name == "iso-8859-8-i" || name == "iso-8859-8-e") return "iso-8859-8";
    if (name == "shift_jis" || name == "x-sjis") return "cp932";
    if (name == "iso-8859-1" || name == "latin1") return "windows-1252";
    if (name == "x-mac-roman" || name == "x-macroman") return "macintosh";
    return name.starts_with("x-cp") ? name.substr(2) : name;
}

/// `mend` is called where `input` begins with what can't be converted: it says so in the text, and how many octets that were.
template <typename Mend>
std::string through(iconv_t descriptor, std::string_view octets, const Mend& mend) {
    std::string text;
    text.reserve(octets.size() + octets.size() / 2);
    std::array<char, 4096> buffer;
    ::iconv(descriptor, nullptr, nullptr, nullptr, nullptr);
    auto* input = const_cast<char*>(octets.data());
    auto left = octets.size();
    for (;;) {
        auto* output = buffer.data();
        auto room = buffer.size();
        const bool is_end = left == 0;
        const auto done = is_end ? ::iconv(descriptor, nullptr, nullptr, &output, &room)
                                 : ::iconv(descriptor, &input, &left, &output, &room);
        const bool is_done = done != static_cast<std::size_t>(-1);
        const bool is_full = !is_done && errno == E2BIG;
        text.append(buffer.data(), buffer.size() - room);
        if (is_end && !is_full) return text;  // once: some charsets have something to say at each end
        if (is_done || is_full) continue;
        const std::size_t mended = mend(text, std::string_view{input, left});
        input += mended;
        left -= mended;
    }
}

}  // namespace

char32_t windows_1252(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= 0x80 && octet < 0xa0 ? high[octet - 0x80] : octet;
}

std::string to_utf8(std::string_view octets, std::string_view charset) {
    if (is_utf8_name(trim(charset)) || is_ascii_name(trim(charset))) return mend_utf8(octets);
    const auto name = sound_name(charset);
    if (auto* descriptor = name.empty() ? nullptr : open_converter(name)) {
        auto text = through(descriptor, octets, [descriptor](std::string& out, std::string_view input) -> std::size_t {
            append_octet(out, input.front());
            ::iconv(descriptor, nullptr, nullptr, nullptr, nullptr);
            return 1;
        });
        if (!is_utf8(text)) text = mend_utf8(text);  // it makes more than there is: of UTF-8 by another name, of UCS-4
        return text;
    }
    return mend_utf8(octets);  // what is UTF-8 is seldom anything else
}

bool is_known_charset(std::string_view charset) {
    if (is_utf8_name(trim(charset)) || is_ascii_name(trim(charset))) return true;
    const auto name = sound_name(charset);
    return !name.empty() && open_converter(name) != nullptr;
}

std::optional<std::string> from_utf8(std::string_view text, std::string_view charset) {
    const auto name = sound_name(charset);
    if (name.empty()) return {};
    if (is_utf8_name(name)) return mend_utf8(text);
    const auto descriptor = opened(name + "//TRANSLIT", "UTF-8");
    if (!descriptor) return {};
    // With //TRANSLIT glibc finds something for every character; whatever it should not, is left out.
    return through(descriptor.get(), mend_utf8(text), [](std::string&, std::string_view input) { return character_octets(input); });
}

}  // namespace mailpipe::text
