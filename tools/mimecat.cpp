// SPDX-License-Identifier: ISC
// mimecat - look into a message: its parts, what is in one, what is wrong with it. Manual: mimecat(1).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/mapped_file.hpp"
#include "cli/command.hpp"
#include "mime/decoder.hpp"
#include "mime/listing.hpp"
#include "mime/part_number.hpp"

using namespace mailpipe;

namespace {

constexpr std::size_t piece_octets = 64 * 1024;

struct Options {
    std::vector<std::string> files;
    bool list = false;
    std::string part;
    bool raw = false;
    bool check = false;
};

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

/// A piece at a time: an attachment may be larger than memory.
void print_decoded(std::string_view body, mime::TransferEncoding encoding) {
    mime::Decoder decoder{encoding};
    std::string out;
    for (; !body.empty(); body.remove_prefix(std::min(piece_octets, body.size()))) {
        decoder.decode(body.substr(0, piece_octets), out);
        print(out);
        out.clear();
    }
    decoder.finish(out);
    print(out);
}

Result<void> print_part(std::string_view message, const mime::Structure& structure, const Options& o) {
    const auto found = mime::find_part(structure, o.part);
    if (!found) return failure({Fault::permanent, fmt::format("there is no part {}", o.part)});
    const auto& part = structure.parts[*found];
    const auto body = part.body.of(message);
    const bool as_it_stands = o.raw || part.kind != mime::Part::Kind::leaf;
    print_decoded(body, as_it_stands ? mime::TransferEncoding::binary : mime::transfer_encoding(message, part));
    return {};
}

/// True when two readers could disagree about the message.
bool print_findings(std::string_view message, const mime::Structure& structure, const std::string& prefix) {
    const auto text = mime::list_findings(message, structure);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at) + 1;
        print(prefix);
        print(std::string_view{text}.substr(at, end - at));
        at = end;
    }
    return std::ranges::any_of(structure.findings, [](const auto& one) { return explain(one.leniency).is_ambiguous; });
}

Result<MappedFile> open(const std::string& name) {
    const Fd file{name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) return failure(system_error(errno, "open " + name));
    auto mapped = MappedFile::open(file);
    if (!mapped) mapped.error().what.insert(0, name + ": ");
    return mapped;
}

Result<void> run(const Options& o) {
    if (o.list + o.check + !o.part.empty() != 1) {
        return failure({Fault::permanent, "one of --list, --part and --check is needed", ExitStatus::usage});
    }
    const auto files = o.files.empty() ? std::vector<std::string>{"-"} : o.files;
    const bool are_several = files.size() > 1;
    if (are_several && !o.part.empty()) return failure({Fault::permanent, "--part is for one message", ExitStatus::usage});
    bool is_ambiguous = false;
    for (const auto& name : files) {
        const auto file = open(name);
        if (!file) return failure(file.error());
        const auto structure = mime::read_structure(file->text());
        if (!o.part.empty()) return print_part(file->text(), structure, o);
        if (o.check) {
            is_ambiguous = print_findings(file->text(), structure, are_several ? name + ":" : "") || is_ambiguous;
            continue;
        }
        if (are_several) print(fmt::format("{}:\n", name));
        print(mime::list_parts(file->text(), structure));
    }
    if (!is_ambiguous) return {};
    return failure({Fault::permanent, "two readers may see different things in that", ExitStatus::findings});
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    cli::Command command{"mimecat", "look into messages"};
    command.arguments("FILE", options.files, "messages; - or none: standard input");
    command.flag("-l,--list", options.list, "the parts of each message");
    command.option("-p,--part", options.part, "N[.N...]", "one part, decoded");
    command.flag("--raw", options.raw, "with --part: as it stands");
    command.flag("--check", options.check, "what two readers could disagree on");
    return command.run(argc, argv, [&] { return run(options); });
}
