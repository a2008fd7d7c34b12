// SPDX-License-Identifier: ISC
// How many descriptors this process may have: RLIMIT_NOFILE of getrlimit(2).
#pragma once

namespace mailpipe {

/// As many as the hard limit lets it. Programs that are run later inherit that, and some try to close as many.
void raise_descriptor_limit();

}  // namespace mailpipe
