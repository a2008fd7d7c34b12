// SPDX-License-Identifier: ISC
// A mailroom that does what addresses tell it to, and remembers every message it took.
#pragma once

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "smtp/mailroom.hpp"

namespace mailpipe::test {

struct TakenMessage {
    smtp::Client client;
    mail::Envelope envelope;
    std::string text;
};

/// Local-parts with a meaning: "refused" (sender), "unknown", "later" (recipient), "full" (refused after the message),
/// "hangup" (421). Login: "user" with "secret"; "broken" can't be checked.
class ScriptedMailroom : public smtp::Mailroom {
public:
    Result<bool> authenticate(const smtp::Client&, const sasl::Credentials& credentials) override {
        if (credentials.name == "broken") return failure({Fault::transient, "read users: broken"});
        if (credentials.proof != sasl::Proof::password) return credentials.proof == sasl::Proof::right;
        return credentials.name == "user" && credentials.password == "secret";
    }

    std::optional<smtp::Reply> refuse_sender(const smtp::Client&, const mail::Envelope& envelope,
                                             const smtp::Announcement& announcement) override {
        announced = announcement;
        if (envelope.sender && envelope.sender->local_part == "refused") return smtp::Reply{550, "5.7.1", "not you"};
        return {};
    }

    std::optional<smtp::Reply> refuse_recipient(const smtp::Client&, const mail::Envelope&,
                                                mail::Recipient& recipient) override {
        auto& mailbox = recipient.mailbox;
        if (mailbox.domain.empty()) mailbox.domain = "mx.example";
        if (mailbox.local_part == "unknown") return smtp::Reply{550, "5.1.1", "no such user"};
        if (mailbox.local_part == "later") return smtp::Reply{451, "4.3.0", "try again"};
        if (mailbox.local_part == "hangup") return smtp::Reply{421, "4.3.2", "shutting down"};
        return {};
    }

    Result<std::unique_ptr<smtp::Incoming>> open(const smtp::Client& client, const mail::Envelope& envelope) override {
        ++opened;
        if (open_error) return failure(*open_error);
        return std::make_unique<Writer>(*this, TakenMessage{client, envelope, {}});
    }

    void note_refusal(const smtp::Client&, const mail::Envelope&, const smtp::Reply& reply) override {
        noted.push_back(reply);
    }

    std::vector<TakenMessage> messages;
    smtp::Announcement announced;
    std::vector<smtp::Reply> noted;  ///< refusals of the session's own
    std::optional<Error> open_error;
    std::optional<Error> write_error;         ///< from the octet `fails_at` on
    std::size_t fails_at = 0;
    std::optional<smtp::Reply> commit_reply;  ///< to all
    bool forgets_replies = false;
    std::size_t opened = 0;
    std::size_t dropped = 0;  ///< opened, and destroyed without commit

private:
    class Writer : public smtp::Incoming {
    public:
        Writer(ScriptedMailroom& room, TakenMessage message) : room_(room), message_(std::move(message)) {}
        ~Writer() override { room_.dropped += committed_ ? 0 : 1; }

        Result<void> write(std::string_view text) override {
            message_.text += text;
            if (room_.write_error && message_.text.size() > room_.fails_at) return failure(*room_.write_error);
            return {};
        }

        std::vector<smtp::Reply> commit() override {
            committed_ = true;
            std::vector<smtp::Reply> replies;
            if (room_.forgets_replies) return replies;
            for (const auto& recipient : message_.envelope.recipients) {
                replies.push_back(room_.commit_reply                          ? *room_.commit_reply
                                  : recipient.mailbox.local_part == "full" ? smtp::Reply{452, "4.2.2", "mailbox full"}
                                                                           : smtp::Reply{250, "2.0.0", "stored"});
            }
            room_.messages.push_back(message_);
            return replies;
        }

    private:
        ScriptedMailroom& room_;
        TakenMessage message_;
        bool committed_ = false;
    };
};

}  // namespace mailpipe::test
