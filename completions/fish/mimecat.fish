# SPDX-License-Identifier: ISC
# fish completion for mimecat(1)
complete -c mimecat -F
complete -c mimecat -l config -r -F -d 'configuration: mailpipe.conf(5)'
complete -c mimecat -l version -d 'print the version'
complete -c mimecat -s h -l help -d 'print this help'
complete -c mimecat -s l -l list -d 'the parts of each message'
complete -c mimecat -s p -l part -x -d 'one part, decoded'
complete -c mimecat -l raw -d 'with --part: as it stands'
complete -c mimecat -l check -d 'what two readers could disagree on'
