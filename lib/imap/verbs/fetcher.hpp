// SPDX-License-Identifier: ISC
// FETCH responses (RFC 9051 section 7.5.2): to FETCH, and of new messages where a client has asked for that.
#pragma once

#include <string>
#include <vector>

#include "imap/grammar/fetch.hpp"
#include "imap/session/message.hpp"
#include "imap/session/session.hpp"
#include "imap/search/field_set.hpp"
#include "mime/sink.hpp"

namespace mailpipe::imap {

/// One FETCH command at work. What it writes goes out as it comes: nothing is kept of a message.
class Fetcher {
public:
    /// Both have to live as long.
    Fetcher(Session& session, const FetchRequest& request);

    /// Where \Seen can't be stored, their text is sent all the same, and the trouble goes to the log.
    void mark_seen(const std::vector<std::uint32_t>& sequences);
    /// Nothing is said of a message that is gone.
    void fetch(std::uint32_t sequence);

    void finish() { flush(); }
    bool is_any_gone() const { return is_any_gone_; }
    bool has_unknown_encoding() const { return has_unknown_encoding_; }

private:
    Result<void> write(const FetchItem& item, Message& message);
    Result<void> write_text(const FetchItem& item, Message& message);
    Result<void> write_structure(const FetchItem& item, Message& message);
    Result<void> write_envelope(Message& message);
    Result<void> write_section(const FetchItem& item, Message& message);
    Result<void> write_binary(const FetchItem& item, Message& message);
    void write_kept_fields(const Summary& summary, FieldSet fields);
    void write_flags(const store::Record& record);
    void flush() { session_.channel.take(out_); }
    mime::Sink sink();

    static constexpr std::size_t gather_octets = io::Channel::output_octets;

    Session& session_;
    const FetchRequest& request_;
    store::EntryBatch batch_;
    std::string out_;
    std::vector<std::uint32_t> made_seen_;  // UIDs
    bool reads_text_ = false;
    bool tells_date_ = false;
    bool marks_seen_ = false;
    bool adds_flags_ = false;
    bool adds_uid_ = false;  // with the flags
    bool adds_modseq_ = false;
    bool omits_uid_ = false;
    bool is_any_gone_ = false;
    bool has_unknown_encoding_ = false;
};

}  // namespace mailpipe::imap
