// SPDX-License-Identifier: ISC
#include "imap/search/thread.hpp"

#include <array>

#include "imap/search/reference_links.hpp"
#include "imap/search/sort.hpp"
#include "imap/search/thread_forest.hpp"

namespace mailpipe::imap {

namespace {

/// Each message is a child of the first one with its base subject.
std::vector<ThreadNode> link_subjects(std::span<const Found> messages) {
    constexpr std::array criteria{SortCriterion{SortKey::subject}, SortCriterion{SortKey::date}};
    const auto subject = [&](ThreadNode node) { return messages[node].summary.key(Summary::Key::subject); };
    std::vector<ThreadNode> parents(messages.size(), no_node);
    ThreadNode first = no_node;
    for (const auto node : sorted(messages, criteria)) {
        if (first != no_node && subject(first) == subject(node)) parents[node] = first;
        else first = node;
    }
    return parents;
}

}  // namespace

std::string threads(std::span<const Found> messages, ThreadAlgorithm algorithm) {
    const bool is_by_subject = algorithm == ThreadAlgorithm::ordered_subject;
    ThreadForest forest{messages, is_by_subject ? link_subjects(messages) : link_references(messages)};
    if (algorithm == ThreadAlgorithm::references) forest.join_subjects();
    return forest.text(algorithm == ThreadAlgorithm::refs ? ThreadForest::Order::last_sent : ThreadForest::Order::first_sent);
}

}  // namespace mailpipe::imap
