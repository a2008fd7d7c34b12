// SPDX-License-Identifier: ISC
#include "view/workers.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mailpipe::view {

namespace {

/// What one thread takes at once: taking turns costs as much as a small message, and answers wait in memory.
constexpr std::size_t batch_messages = 16;
constexpr std::size_t batch_octets = 256 * 1024;

Error named(Error error, const Message& message) {
    if (!message.is_alone) error.what.insert(0, message.name + ": ");
    return error;
}

class Work {
public:
    Work(Sources& sources, const Action& action, Console& console) : sources_(sources), action_(action), console_(console) {}

    /// All of it, printed as it comes.
    void do_alone() {
        const Outputs out{[this](std::string_view data) { console_.print(data); },
                          [this](std::string_view line) { console_.complain(line); }};
        while (!console_.is_broken()) {
            const auto source = sources_.next();
            if (!source) break;
            tell(look_at(*source, out), is_alone(*source));
        }
    }

    /// A part of it, until nothing is left; for each of several threads. What is thrown ends all, and waits for summary().
    void do_share() try {
        take_and_look();
    } catch (...) {
        const std::lock_guard lock{printing_};
        if (!thrown_) thrown_ = std::current_exception();
        is_over_ = is_broken_ = true;
        turn_.notify_all();
    }

    Summary summary() && {
        if (thrown_) std::rethrow_exception(thrown_);
        return std::move(summary_);
    }

private:
    struct Batch {
        std::uint64_t number;
        std::vector<Result<Message>> sources;
    };
    struct Answer {
        Result<bool> result;
        std::string text;
        std::vector<std::string> talk;
    };

    void take_and_look() {
        while (const auto batch = take()) {
            std::vector<Answer> answers;
            for (const auto& source : batch->sources) {
                if (is_broken_) break;
                Answer answer;
                answer.result = look_at(source, {[&](std::string_view data) { answer.text += data; },
                                                 [&](std::string_view line) { answer.talk.emplace_back(line); }});
                answers.push_back(std::move(answer));
            }
            print_in_turn(*batch, answers);
        }
    }

    Result<bool> look_at(const Result<Message>& source, const Outputs& out) const {
        if (!source) return failure(source.error());
        auto done = action_(*source, out);
        return done ? done : failure(named(std::move(done).error(), *source));
    }

    bool is_alone(const Result<Message>& source) const { return source ? source->is_alone : sources_.is_alone(); }

    std::optional<Batch> take() {
        const std::lock_guard lock{taking_};
        Batch batch{taken_, {}};
        std::size_t octets = 0;
        while (batch.sources.size() < batch_messages && octets < batch_octets && !is_over_) {
            auto source = sources_.next();
            is_over_ = !source;
            if (!source) break;
            octets += *source ? (*source)->text.size() : 0;
            batch.sources.push_back(std::move(*source));
        }
        if (batch.sources.empty()) return {};
        ++taken_;
        return batch;
    }

    void print_in_turn(const Batch& batch, const std::vector<Answer>& answers) {
        std::unique_lock lock{printing_};
        turn_.wait(lock, [&] { return printed_ == batch.number || thrown_; });
        if (thrown_) return;
        for (std::size_t i = 0; i < answers.size() && !console_.is_broken(); ++i) {
            console_.print(answers[i].text);
            for (const auto& line : answers[i].talk) console_.complain(line);
            tell(answers[i].result, is_alone(batch.sources[i]));
        }
        ++printed_;
        is_broken_ = console_.is_broken();
        if (is_broken_) is_over_ = true;
        turn_.notify_all();
    }

    void tell(const Result<bool>& done, bool is_alone) {
        console_.count();
        ++summary_.messages;
        if (done) {
            summary_.is_clean = summary_.is_clean && *done;
            return;
        }
        ++summary_.failures;
        if (!is_alone) console_.complain(done.error().what);
        summary_.is_told = summary_.is_told || !is_alone;
        const bool is_worse = !summary_.error || (summary_.error->fault == Fault::permanent && done.error().fault == Fault::transient);
        if (is_worse) summary_.error = done.error();
    }

    Sources& sources_;
    const Action& action_;
    Console& console_;
    Summary summary_;
    std::mutex taking_;             // sources_, taken_
    std::uint64_t taken_ = 0;
    std::atomic<bool> is_over_ = false;
    std::atomic<bool> is_broken_ = false;  // console_
    std::mutex printing_;           // console_, summary_, printed_
    std::condition_variable turn_;
    std::uint64_t printed_ = 0;
    std::exception_ptr thrown_;
};

}  // namespace

Summary look_at_all(Sources& sources, const Action& action, unsigned threads, Console& console) {
    Work work{sources, action, console};
    if (threads <= 1) {
        work.do_alone();
        return std::move(work).summary();
    }
    {
        std::vector<std::jthread> others;
        for (unsigned i = 0; i < std::min(threads, max_threads); ++i) others.emplace_back([&work] { work.do_share(); });
    }
    return std::move(work).summary();
}

}  // namespace mailpipe::view
