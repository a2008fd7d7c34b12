// SPDX-License-Identifier: ISC
// greeter - the smallest server: tells its peer who it is, then repeats each line. For tests of how servers start.
#include <fmt/format.h>

#include "base/log.hpp"
#include "cli/command.hpp"
#include "io/channel.hpp"
#include "io/fd_stream.hpp"
#include "net/server.hpp"
#include "tls/tls_stream.hpp"

using namespace mailpipe;

namespace {

struct Greeter {
    std::vector<std::string> listen;
    std::vector<std::string> proxies;
    std::string certificate;
    net::ServerOptions server;
    std::optional<tls::Context> context;
};

io::Deadline soon() { return io::Deadline::after(std::chrono::minutes{1}); }

Result<void> talk(io::Stream& stream, const net::Connection& peer, const std::string& tls) {
    io::Channel channel{stream};
    const std::string uid = peer.uid ? std::to_string(*peer.uid) : "none";
    channel.write(fmt::format("220 address={} port={} loopback={} uid={} tls={}\r\n", peer.address(), peer.port, peer.is_loopback(), uid, tls));
    for (;;) {
        const auto line = channel.read_line(1000, soon());
        if (!line) return failure(line.error());
        if (!*line || (*line)->text == "QUIT") break;
        channel.write(fmt::format("250 {}\r\n", (*line)->text));
    }
    channel.write("221 bye\r\n");
    return channel.flush();
}

Result<net::Afterwards> session(const Greeter& greeter, const net::Connection& peer) {
    io::FdStream plain{peer.in, peer.out};
    if (!greeter.context) return talk(plain, peer, "").map([] { return net::Afterwards::next_peer; });
    const auto stream = tls::TlsStream::accept(*greeter.context, plain, soon());
    if (!stream) return failure(stream.error());
    const auto done = talk(**stream, peer, (*stream)->description());
    (*stream)->close(soon());
    return done.map([] { return net::Afterwards::end; });
}

Result<void> load(Greeter& greeter) {
    if (greeter.certificate.empty()) return {};
    auto context = tls::Context::server(greeter.certificate, "");
    if (!context) return failure(context.error());
    greeter.context = std::move(*context);
    return {};
}

Result<void> run(Greeter& greeter) {
    open_log("greeter", automatic_log_target());
    auto sources = net::find_sources(greeter.listen);
    if (!sources) return failure(sources.error());
    if (auto r = load(greeter); !r) return r;
    auto proxies = net::parse_networks(greeter.proxies);
    if (!proxies) return failure(proxies.error());
    greeter.server.proxies = std::move(*proxies);
    greeter.server.refusal = "421 too many connections\r\n";
    greeter.server.reload = [&] { return load(greeter); };
    return net::serve(std::move(*sources), greeter.server, [&](const net::Connection& peer) { return session(greeter, peer); });
}

}  // namespace

int main(int argc, char** argv) {
    Greeter greeter;
    cli::Command command{"greeter", "tell a peer who it is, repeat its lines"};
    command.option("--listen", greeter.listen, "ADDRESS,...", "where to listen");
    command.option("--proxies", greeter.proxies, "CIDR,...", "who begins with a PROXY header");
    command.option("--certificate", greeter.certificate, "FILE", "certificate and key");
    command.option("--max-connections", greeter.server.limits.in_all, "N", "in all");
    command.option("--max-per-client", greeter.server.limits.per_client, "N", "of one client");
    command.option("--grace", greeter.server.grace, "TIME", "after SIGTERM");
    return command.run(argc, argv, [&] { return run(greeter); });
}
