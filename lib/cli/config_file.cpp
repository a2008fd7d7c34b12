// SPDX-License-Identifier: ISC
#include "cli/config_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::cli {

namespace {

bool is_key(char c) { return is_alnum(c) || c == '-' || c == '_'; }
bool is_text(char c) { return !is_control(c) || c == '\t'; }
bool is_word(char c) { return !is_control(c) && std::string_view{" \"'[]{},#="}.find(c) == std::string_view::npos; }

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    Result<std::vector<Setting>> read() {
        std::string section;
        std::vector<Setting> settings;
        for (skip_lines(); !rest_.empty(); skip_lines()) {
            if (take('[')) {
                auto name = header();
                if (!name) return failure(name.error());
                section = std::move(*name);
            } else {
                auto setting = assignment(section);
                if (!setting) return failure(setting.error());
                if (std::ranges::any_of(settings, [&](const Setting& other) {
                        return other.section == setting->section && other.key == setting->key;
                    })) {
                    return failed(fmt::format("'{}' is there already", setting->key));
                }
                settings.push_back(std::move(*setting));
            }
            skip_blanks();
            if (!rest_.empty() && rest_.front() != '\n') return failed("something behind the value (text with blanks wants quotes)");
        }
        return settings;
    }

private:
    tl::unexpected<Error> failed(std::string_view what) const {
        return failure({Fault::permanent, fmt::format("line {}: {}", line_, what), ExitStatus::configuration});
    }

    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        if (c == '\n') ++line_;
        rest_.remove_prefix(1);
        return true;
    }

    std::string take_while(bool (*wanted)(char)) {
        const auto end = std::ranges::find_if_not(rest_, wanted);
        const std::string taken{rest_.begin(), end};
        rest_.remove_prefix(taken.size());
        return taken;
    }

    /// Blanks, the CR of a CRLF, and a comment.
    void skip_blanks() {
        const auto is_space = [](char c) { return is_blank(c) || c == '\r'; };
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
        if (!rest_.empty() && rest_.front() == '#') rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    }

    void skip_lines() {
        do skip_blanks();
        while (take('\n'));
    }

    Result<std::string> header() {
        auto name = take_while(is_key);
        if (name.empty() || !take(']')) return failed("a section is called as its tool: [smtpd]");
        return name;
    }

    Result<Setting> assignment(const std::string& section) {
        Setting setting{section, take_while(is_key), {}, line_};
        skip_blanks();
        if (setting.key.empty() || !take('=')) return failed(fmt::format("'{}' is not followed by '= value'", setting.key));
        skip_blanks();
        auto values = take('[') ? list() : one();
        if (!values) return failure(values.error());
        setting.values = std::move(*values);
        return setting;
    }

    Result<std::vector<std::string>> one() {
        auto text = value();
        if (!text) return failure(text.error());
        return std::vector<std::string>{std::move(*text)};
    }

    Result<std::vector<std::string>> list() {
        std::vector<std::string> values;
        for (;;) {
            skip_lines();
            if (take(']')) return values;
            auto text = value();
            if (!text) return failure(text.error());
            values.push_back(std::move(*text));
            skip_lines();
            if (!take(',') && (rest_.empty() || rest_.front() != ']')) return failed("a list is [one, two]");
        }
    }

    Result<std::string> value() {
        if (take('"')) return quoted();
        if (take('\'')) return literal();
        auto word = take_while(is_word);
        if (word.empty()) return failed("no value");
        return word;
    }

    Result<std::string> literal() {
        auto text = take_while([](char c) { return c != '\'' && is_text(c); });
        if (!take('\'')) return failed("a quote has no end");
        return text;
    }

    Result<std::string> quoted() {
        std::string text;
        for (;;) {
            text += take_while([](char c) { return c != '"' && c != '\\' && is_text(c); });
            if (take('"')) return text;
            if (!take('\\') || rest_.empty()) return failed("a quote has no end");
            constexpr std::string_view names = "\"\\tn";
            constexpr std::string_view meanings = "\"\\\t\n";
            const auto at = names.find(rest_.front());
            if (at == std::string_view::npos) return failed(R"(a backslash stands before \, ", t or n only)");
            text += meanings[at];
            rest_.remove_prefix(1);
        }
    }

    std::string_view rest_;
    std::size_t line_ = 1;
};

}  // namespace

Result<std::vector<Setting>> parse_config(std::string_view text) { return Reader{text}.read(); }

}  // namespace mailpipe::cli
