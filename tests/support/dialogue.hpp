// SPDX-License-Identifier: ISC
// Conversations in the RFCs' C:/S: notation (tests/dialogues), and a stream that plays the client of one.
//   # comment
//   <with tls size=1000>     settings; what they mean is the test's business
//   S: 250 2.1.* ok         a line of the server's; * is anything. "250 " also goes past "250-" lines before it, and
//                           "* " at the beginning is IMAP's
//   C: MAIL FROM:<a@b>      a line of the client's, CRLF added; lines without S: between them go out in one piece
//   C- no line end          the same without CRLF
//   <TLS>                   the handshake happens here
//   <silence>               the client says nothing more; <close>: it closes (also at the end of the file)
//   <closed>                the server has closed
//   <meanwhile remove x>    another program does something; what that may be is the test's business
// Escapes in what goes out: \r \n \t \0 \\ and \xNN.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/stream.hpp"

namespace mailpipe::test {

struct Step {
    enum class Kind { server, client, tls, silence, close, closed, meanwhile } kind;
    std::string text;
    int line;
};

struct Setting {
    std::string key, value;
};

struct Dialogue {
    std::string name;
    std::vector<Setting> settings;
    std::vector<Step> steps;
};

/// Throws std::runtime_error with the place of what can't be read.
Dialogue read_dialogue(const std::string& path);
/// All *.txt of a folder, by name.
std::vector<Dialogue> read_dialogues(const std::string& folder);

/// The same, but all that the client says goes out in one piece after the greeting.
Dialogue joined(Dialogue dialogue);

/// `text` is `pattern`, in which each '*' stands for anything.
bool matches(std::string_view text, std::string_view pattern);

/// Plays the client; what differs from the dialogue is gathered in `complaints`.
class DialogueStream : public io::Stream {
public:
    /// `piece`: so many octets are read at once.
    explicit DialogueStream(const Dialogue& dialogue, std::size_t piece = SIZE_MAX) : dialogue_(dialogue), piece_(piece) {}

    Result<std::size_t> read(std::span<char> buffer, io::Deadline deadline) override;
    Result<void> write(std::string_view data, io::Deadline deadline) override;
    /// <silence>: the client says nothing, and the others are looked at once.
    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline deadline) override;

    /// The handshake: complains unless the dialogue has <TLS> here.
    void handshake();
    /// The server is done: what the dialogue still expects of it has to be there.
    void finish();

    std::vector<std::string> complaints;
    std::function<void(const std::string&)> meanwhile{};

private:
    void let_others_act();
    void expect();
    std::string take_line();
    void complain(const Step& step, const std::string& what);
    bool next_is(Step::Kind kind) const { return at_ < dialogue_.steps.size() && dialogue_.steps[at_].kind == kind; }

    const Dialogue& dialogue_;
    std::size_t piece_;
    std::size_t at_ = 0;
    std::string output_;   // of the server, not yet expected
    std::string pending_;  // of the client, not yet read
};

}  // namespace mailpipe::test
