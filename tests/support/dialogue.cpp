// SPDX-License-Identifier: ISC
#include "support/dialogue.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <boost/filesystem.hpp>

#include "io/fd_stream.hpp"

namespace mailpipe::test {

namespace {

std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
            case 'r': out += '\r'; break;
            case 'n': out += '\n'; break;
            case 't': out += '\t'; break;
            case '0': out += '\0'; break;
            case 'x': out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)); i += 2; break;
            default: out += text[i];
        }
    }
    return out;
}

/// "tls size=1000"
std::vector<Setting> parse_settings(const std::string& text) {
    std::vector<Setting> settings;
    std::istringstream in{text};
    for (std::string word; in >> word;) {
        const auto equals = std::min(word.find('='), word.size());
        settings.push_back({word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))});
    }
    return settings;
}

}  // namespace

Dialogue read_dialogue(const std::string& path) {
    using Kind = Step::Kind;
    Dialogue dialogue{boost::filesystem::path(path).stem().string(), {}, {}};
    std::ifstream in{path};
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto rest = line.size() > 3 ? line.substr(3) : "";
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("S:")) {
            dialogue.steps.push_back({Kind::server, rest, number});
        } else if (line.starts_with("C:")) {
            dialogue.steps.push_back({Kind::client, unescape(rest) + "\r\n", number});
        } else if (line.starts_with("C-")) {
            dialogue.steps.push_back({Kind::client, unescape(rest), number});
        } else if (line == "<TLS>") {
            dialogue.steps.push_back({Kind::tls, {}, number});
        } else if (line == "<silence>") {
            dialogue.steps.push_back({Kind::silence, {}, number});
        } else if (line == "<close>") {
            dialogue.steps.push_back({Kind::close, {}, number});
        } else if (line == "<closed>") {
            dialogue.steps.push_back({Kind::closed, {}, number});
        } else if (line.starts_with("<meanwhile ") && line.ends_with('>')) {
            dialogue.steps.push_back({Kind::meanwhile, unescape(line.substr(11, line.size() - 12)), number});
        } else if (line.starts_with("<with ") && line.ends_with('>')) {
            dialogue.settings = parse_settings(line.substr(6, line.size() - 7));
        } else {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": what is that?");
        }
    }
    if (dialogue.steps.empty()) throw std::runtime_error(path + ": nothing in it");
    return dialogue;
}

std::vector<Dialogue> read_dialogues(const std::string& folder) {
    std::vector<std::string> paths;
    for (const auto& entry : boost::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
    }
    std::ranges::sort(paths);
    std::vector<Dialogue> dialogues;
    std::ranges::transform(paths, std::back_inserter(dialogues), read_dialogue);
    return dialogues;
}

Dialogue joined(Dialogue dialogue) {
    const auto is_client = [](const Step& step) { return step.kind == Step::Kind::client; };
    const auto first = std::ranges::find_if(dialogue.steps, is_client);
    std::stable_partition(first, dialogue.steps.end(), is_client);
    return dialogue;
}

bool matches(std::string_view text, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    const auto rest = pattern.substr(star + 1);
    for (std::size_t at = star; at <= text.size(); ++at) {
        if (matches(text.substr(at), rest)) return true;
    }
    return false;
}

void DialogueStream::complain(const Step& step, const std::string& what) {
    complaints.push_back(dialogue_.name + ".txt:" + std::to_string(step.line) + ": " + what);
}

std::string DialogueStream::take_line() {
    const auto end = output_.find("\r\n");
    if (end == std::string::npos) return std::exchange(output_, {});
    auto line = output_.substr(0, end);
    output_.erase(0, end + 2);
    return line;
}

/// What the server has said by now has to be what the dialogue has it say here.
void DialogueStream::expect() {
    for (; next_is(Step::Kind::server); ++at_) {
        const auto& step = dialogue_.steps[at_];
        if (output_.empty()) return complain(step, "the server says nothing, where '" + step.text + "' was expected");
        auto line = take_line();
        const bool last_only = step.text.size() > 3 && step.text[3] == ' ';
        while (last_only && line.size() > 3 && line[3] == '-' && !output_.empty()) line = take_line();
        const bool is_untagged = step.text.starts_with("* ");
        const auto is_right = is_untagged ? line.starts_with("* ") && matches(line.substr(2), step.text.substr(2)) : matches(line, step.text);
        if (!is_right) complain(step, "'" + line + "' where '" + step.text + "' was expected");
    }
    if (!output_.empty() && at_ < dialogue_.steps.size()) {
        complain(dialogue_.steps[at_], "the server also says '" + take_line() + "'");
        output_.clear();
    }
}

void DialogueStream::let_others_act() {
    expect();
    // Two changes of a directory within one tick of the file system's clock look alike to stat(2).
    constexpr std::chrono::milliseconds longest_tick{11};
    if (complaints.empty() && next_is(Step::Kind::meanwhile)) std::this_thread::sleep_for(longest_tick);
    while (complaints.empty() && next_is(Step::Kind::meanwhile)) meanwhile(dialogue_.steps[at_++].text);
}

Result<std::size_t> DialogueStream::read(std::span<char> buffer, io::Deadline) {
    if (pending_.empty()) let_others_act();
    for (; complaints.empty() && next_is(Step::Kind::client); ++at_) pending_ += dialogue_.steps[at_].text;
    if (pending_.empty() && next_is(Step::Kind::closed)) complain(dialogue_.steps[at_], "the server has not closed");
    if (!complaints.empty()) return std::size_t{0};
    if (pending_.empty() && next_is(Step::Kind::silence)) {
        ++at_;
        return failure(system_error(ETIMEDOUT, "wait for the peer"));
    }
    if (pending_.empty() && next_is(Step::Kind::close)) ++at_;
    const auto size = std::min({buffer.size(), pending_.size(), piece_});
    std::memcpy(buffer.data(), pending_.data(), size);
    pending_.erase(0, size);
    return size;
}

Result<void> DialogueStream::write(std::string_view data, io::Deadline) {
    output_ += data;
    return {};
}

Result<io::Woken> DialogueStream::wait(std::span<io::Watched> others, io::Deadline deadline) {
    const bool is_owed = output_.empty() && next_is(Step::Kind::server);  // what others did is yet to be noticed
    if (pending_.empty() && is_owed && at_ > 0 && dialogue_.steps[at_ - 1].kind == Step::Kind::meanwhile) {
        return io::FdStream{-1, -1}.wait(others, deadline);
    }
    if (pending_.empty()) expect();
    const bool is_silent = complaints.empty() && pending_.empty();
    if (is_silent && next_is(Step::Kind::meanwhile)) {
        meanwhile(dialogue_.steps[at_++].text);
        return io::FdStream{-1, -1}.wait(others, deadline);
    }
    if (!is_silent || !next_is(Step::Kind::silence)) return io::Woken::peer;
    ++at_;
    return io::FdStream{-1, -1}.wait(others, io::Deadline::after({}));
}

void DialogueStream::handshake() {
    expect();
    if (next_is(Step::Kind::tls)) {
        ++at_;
    } else {
        complaints.push_back(dialogue_.name + ": a handshake where none was expected");
    }
}

void DialogueStream::finish() {
    if (!complaints.empty()) return;
    if (!pending_.empty()) complaints.push_back(dialogue_.name + ": the server did not read '" + pending_ + "'");
    expect();
    if (next_is(Step::Kind::closed)) ++at_;
    if (at_ < dialogue_.steps.size()) complain(dialogue_.steps[at_], "the server has closed before this");
    if (!output_.empty()) complaints.push_back(dialogue_.name + ": at the end the server says '" + take_line() + "'");
}

}  // namespace mailpipe::test
