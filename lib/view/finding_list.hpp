// SPDX-License-Identifier: ISC
// What is wrong with a message, a line each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mime/structure.hpp"

namespace mailpipe::view {

/// Where an octet stands, both from 1; a column is an octet.
struct Place {
    std::size_t line = 1, column = 1;
};
/// Of each finding. Precondition: in_order().
std::vector<Place> places(std::string_view message, const std::vector<mime::Finding>& findings);

/// The findings by their offsets.
std::vector<mime::Finding> in_order(std::vector<mime::Finding> findings);

/// A line for each finding, those first that two readers could disagree on:
/// "<prefix>line:column: code: what is wrong (RFC); others may see …".
std::string list_findings(std::string_view message, const mime::Structure& structure, std::string_view prefix);

/// True when two readers could disagree about the message.
bool are_ambiguous(const std::vector<mime::Finding>& findings);

}  // namespace mailpipe::view
