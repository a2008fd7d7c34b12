// SPDX-License-Identifier: ISC
#include "imap/search/reference_links.hpp"

#include "imap/search/key_table.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::size_t usual_references = 3;

/// Links are only ever added, to a node without a parent: so the tops of trees are found as in a union-find.
class Linking {
public:
    explicit Linking(std::span<const Found> messages) : messages_(messages), ids_(messages.size() * usual_references) {
        begins_.reserve(messages.size() + 1);
        references_.reserve(messages.size() * usual_references);
        name_messages();
        read_references();
        parents_.assign(nodes_, no_node);
        tops_ = parents_;
    }

    std::vector<ThreadNode> run() {
        for (ThreadNode child = 0; child < messages_.size(); ++child) {
            const auto own = references_of(child);
            if (!own.empty()) link(own.back(), child);
        }
        for (ThreadNode teller = 0; teller < messages_.size(); ++teller) link_told(teller);
        return std::move(parents_);
    }

private:
    /// Of two messages with one identifier the first has it.
    void name_messages() {
        for (nodes_ = 0; nodes_ < messages_.size(); ++nodes_) {
            const auto id = messages_[nodes_].summary.message_id();
            if (id == 0 || ids_.number_of(id) < nodes_of_ids_.size()) continue;
            nodes_of_ids_.push_back(nodes_);
        }
    }

    void read_references() {
        for (const auto& message : messages_) {
            begins_.push_back(references_.size());
            const auto ids = message.summary.references();
            for (std::size_t i = 0; i < ids.size(); ++i) {
                if (ids[i] == 0) continue;  // no summary of ours has that
                const auto number = ids_.number_of(ids[i]);
                if (number == nodes_of_ids_.size()) nodes_of_ids_.push_back(nodes_++);
                references_.push_back(nodes_of_ids_[number]);
            }
        }
        begins_.push_back(references_.size());
    }

    std::span<const ThreadNode> references_of(ThreadNode message) const {
        return std::span{references_}.subspan(begins_[message], begins_[message + 1] - begins_[message]);
    }

    ThreadNode top_of(ThreadNode node) {
        while (tops_[node] != no_node) {
            const auto above = tops_[node];
            if (tops_[above] != no_node) tops_[node] = tops_[above];
            node = above;
        }
        return node;
    }

    void link(ThreadNode parent, ThreadNode child) {
        if (parents_[child] != no_node || top_of(parent) == child) return;
        parents_[child] = tops_[child] = parent;
    }

    /// Step (1)(A). What it would tell of messages that come later, their own step (1)(B) would break again.
    void link_told(ThreadNode teller) {
        const auto told = references_of(teller);
        for (std::size_t i = 1; i < told.size(); ++i) {
            const bool is_of_later = told[i] < messages_.size() && told[i] >= teller;
            if (!is_of_later) link(told[i - 1], told[i]);
        }
    }

    std::span<const Found> messages_;
    HashTable ids_;
    std::vector<ThreadNode> nodes_of_ids_;
    ThreadNode nodes_ = 0;
    std::vector<ThreadNode> references_;  // of all messages
    std::vector<std::size_t> begins_;     // of each message's
    std::vector<ThreadNode> parents_;
    std::vector<ThreadNode> tops_;  // some node above
};

}  // namespace

std::vector<ThreadNode> link_references(std::span<const Found> messages) { return Linking{messages}.run(); }

}  // namespace mailpipe::imap
