// SPDX-License-Identifier: ISC
// What a tool's exit status means, the same in every tool: sysexits(3). Manual: mailpipe(7).
#pragma once

namespace mailpipe {

enum class ExitStatus : int {
    ok = 0,
    findings = 1,        // what was looked for is there, and it is nothing good
    usage = 64,          // the command line was wrong
    data = 65,           // the input was wrong
    no_user = 67,        // no such mailbox here
    no_host = 68,        // no such domain, or it takes no mail
    unavailable = 69,    // something needed is not there
    software = 70,       // a bug
    cannot_create = 73,  // an output could not be made
    try_again = 75,      // temporary: the same call may succeed later
    no_permission = 77,
    configuration = 78,  // the configuration was wrong
};

}  // namespace mailpipe
