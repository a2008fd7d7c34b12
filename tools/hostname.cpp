// SPDX-License-Identifier: ISC
#include "hostname.hpp"

#include <unistd.h>

namespace mailpipe::tools {

void declare_hostname(cli::Command& command, std::string& hostname) {
    char name[256] = "localhost";
    ::gethostname(name, sizeof name - 1);
    hostname = name;
    command.option("--hostname", hostname, "NAME", "this host's name, as it tells it to others");
}

}  // namespace mailpipe::tools
