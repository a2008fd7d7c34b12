# SPDX-License-Identifier: ISC
# fish completion for mimecat(1)
complete -c mimecat -F
complete -c mimecat -l config -r -F -d 'configuration: mailpipe.conf(5)'
complete -c mimecat -l version -d 'print the version'
complete -c mimecat -s h -l help -d 'print this help'
complete -c mimecat -s w -l width -x -d 'columns of text; 0: no line is broken'
complete -c mimecat -s 0 -l null -d 'names on standard input, a NUL behind each'
complete -c mimecat -s j -l jobs -x -d 'threads; 0: as many as processors'
complete -c mimecat -s l -l list -d 'the parts of each message'
complete -c mimecat -s p -l part -x -d 'one part, decoded'
complete -c mimecat -l raw -d 'with --part, --headers, --field: as it stands'
complete -c mimecat -l charset -x -a 'utf-8 iso-8859-1 us-ascii utf-16' -d 'with --part: text in this charset'
complete -c mimecat -l headers -d "the header's fields, decoded; these only"
complete -c mimecat -s f -l field -x -a 'From To Cc Subject Date Message-ID In-Reply-To References' -d 'the value of one field, decoded'
complete -c mimecat -s x -l extract -r -a '(__fish_complete_directories)' -d 'attachments into files in a directory'
complete -c mimecat -l match -x -d 'with --extract: parts of such types or names'
complete -c mimecat -l json -d 'all that is known, an object a message'
complete -c mimecat -l envelope -d "IMAP's ENVELOPE"
complete -c mimecat -l bodystructure -d "IMAP's BODYSTRUCTURE"
complete -c mimecat -l check -d 'what two readers could disagree on'
complete -c mimecat -l to-7bit -d 'the message encoded for a 7-bit hop'
complete -c mimecat -l to-8bit -d 'the message with its text as it is'
complete -c mimecat -l compose -d 'a message made of text and files'
complete -c mimecat -l from -x -d 'with --compose: the author'
complete -c mimecat -l to -x -d 'with --compose: recipients'
complete -c mimecat -l cc -x -d 'with --compose: recipients of a copy'
complete -c mimecat -l bcc -x -d 'with --compose: recipients that others do not see'
complete -c mimecat -l subject -x -d 'with --compose: what it is about'
complete -c mimecat -l header -x -d 'with --compose: another field'
complete -c mimecat -l hostname -x -d "with --compose: this host's name"
complete -c mimecat -l attach -r -F -d 'with --compose: a file'
