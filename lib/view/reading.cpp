// SPDX-License-Identifier: ISC
#include "view/reading.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "mail/header.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "mime/text_part.hpp"
#include "text/flowed.hpp"
#include "text/wrap.hpp"
#include "html/text.hpp"
#include "view/best_parts.hpp"
#include "view/fields.hpp"

namespace mailpipe::view {

namespace {

constexpr std::string_view short_header[] = {"Date", "From", "To", "Cc", "Subject"};
constexpr std::size_t max_value_octets = 2000;  // of a field: some have thousands of addresses

constexpr std::string_view bold = "\x1b[1m", faint = "\x1b[2m", cyan = "\x1b[36m", plain = "\x1b[0m";

/// "850 bytes", "12.3 kB", "4.0 MB".
std::string size_text(std::uint64_t octets) {
    if (octets < 1000) return fmt::format("{} bytes", octets);
    const auto size = static_cast<double>(octets);
    return octets < 1'000'000 ? fmt::format("{:.1f} kB", size / 1e3) : fmt::format("{:.1f} MB", size / 1e6);
}

/// Of what is in the part, told from what stands there: exact for sound base64, else about that.
std::uint64_t content_octets(std::string_view message, const mime::Part& part) {
    const auto octets = part.body.size();
    if (mime::transfer_encoding(message, part) != mime::TransferEncoding::base64) return octets;
    const auto bare_ends = part.body_extent.octets - octets;
    const auto ends = 2 * part.body_extent.lines - bare_ends;
    const auto body = trim(part.body.of(message));
    const auto padding = body.size() - std::min(body.size(), body.find_last_not_of('=') + 1);
    return (octets - std::min(octets, ends + padding)) * 3 / 4;
}

class Reader {
public:
    Reader(std::string_view message, const mime::Structure& structure, const Screen& screen)
        : message_(message), structure_(structure), screen_(screen) {}

    std::string read() {
        const auto showings = choose_parts(message_, structure_);
        write_header(structure_.parts.front());
        for (std::size_t index = 0; index < showings.size(); ++index) {
            const auto& part = structure_.parts[index];
            if (showings[index] == Showing::text) write_text(part);
            if (showings[index] == Showing::line || showings[index] == Showing::message) write_line(index);
            if (showings[index] == Showing::message) write_header(structure_.parts[index + 1]);
        }
        return std::move(out_);
    }

private:
    void write_coloured(std::string_view colour, std::string_view text) {
        if (!screen_.has_colours) out_ += text;
        else out_.append(colour).append(text).append(plain);
    }

    void write_header(const mime::Part& part) {
        std::array<std::optional<std::string_view>, std::size(short_header)> values;  // of the first field of each name
        mail::HeaderReader header{part.header.of(message_)};
        while (const auto field = header.next()) {
            const auto is_it = [&](std::string_view name) { return iequals(name, field->name); };
            const auto index = std::ranges::find_if(short_header, is_it) - std::begin(short_header);
            if (index < std::ssize(values) && !values[index]) values[index] = field->value;
        }
        for (std::size_t index = 0; index < values.size(); ++index) {
            if (!values[index]) continue;
            const auto name = short_header[index];
            write_coloured(bold, std::string{name} + ":");
            out_.append(" ").append(wrapped_value(name.size() + 2, *values[index])).append("\n");
        }
        out_ += '\n';
    }

    /// Continued under where it begins.
    std::string wrapped_value(std::size_t indent, std::string_view folded) const {
        auto value = decoded_value(folded);
        if (value.size() > max_value_octets) {
            value.resize(value.rfind(' ', max_value_octets) == value.npos ? max_value_octets : value.rfind(' ', max_value_octets));
            value = for_terminal(value) + " ...";  // a character may have been cut
        }
        if (screen_.columns <= 2 * indent) return value;
        std::string out;
        for (const char c : text::wrap(value, screen_.columns - indent)) {
            if (c == '\n') out.append(1, '\n').append(indent, ' ');
            else out += c;
        }
        return out.erase(out.find_last_not_of(" \n") + 1);
    }

    void write_text(const mime::Part& part) {
        const auto text = text::wrap(readable_text(part), screen_.columns);
        write_quotes(for_terminal(text));
        if (!text.empty() && text.back() != '\n') out_ += '\n';
        out_ += '\n';
    }

    std::string readable_text(const mime::Part& part) const {
        const auto type = mime::content_type(message_, part);
        auto text = mime::text_of(message_, part);
        if (type.type != "text") return text;
        if (type.subtype == "html") return html::to_text(text);
        const auto* format = type.parameter("format");
        if (type.subtype != "plain" || format == nullptr || !iequals(*format, "flowed")) return text;
        const auto* del_sp = type.parameter("delsp");
        return text::unflow(text, del_sp != nullptr && iequals(*del_sp, "yes") ? text::DelSp::yes : text::DelSp::no);
    }

    /// Without colours they are as other lines.
    void write_quotes(std::string_view text) {
        if (!screen_.has_colours) {
            out_ += text;
            return;
        }
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            if (line.starts_with('>')) write_coloured(faint, line);
            else out_ += line;
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            out_ += '\n';
        }
    }

    void write_line(std::size_t index) {
        const auto& part = structure_.parts[index];
        const auto type = mime::content_type(message_, part);
        auto line = fmt::format("[{}] {}, {}", mime::part_number(structure_, index), type.name(),
                                size_text(content_octets(message_, part)));
        if (const auto name = mime::file_name(message_, part); !name.empty()) line.append(", ").append(name);
        write_coloured(cyan, line_for_terminal(line));
        out_ += "\n\n";
    }

    std::string_view message_;
    const mime::Structure& structure_;
    const Screen& screen_;
    std::string out_;
};

}  // namespace

std::string read_message(std::string_view message, const mime::Structure& structure, const Screen& screen) {
    return Reader{message, structure, screen}.read();
}

}  // namespace mailpipe::view
