# SPDX-License-Identifier: ISC
# fish completion for mxlookup(1)
complete -c mxlookup -f -a '(__fish_print_hostnames)'
complete -c mxlookup -l config -r -F -d 'configuration: mailpipe.conf(5)'
complete -c mxlookup -l version -d 'print the version'
complete -c mxlookup -s h -l help -d 'print this help'
complete -c mxlookup -l json -d 'print an object for each domain'
complete -c mxlookup -s q -l quiet -d 'print the hosts only'
complete -c mxlookup -s u -l unordered -d 'print what is known first'
complete -c mxlookup -l in-flight -x -d 'questions on the wire at the same time'
complete -c mxlookup -l rate -x -d 'questions in a second at most; 0: no limit'
complete -c mxlookup -l timeout -x -d 'how long to wait for an answer in one try'
complete -c mxlookup -l tries -x -d 'how often a silent server is asked'
complete -c mxlookup -l resolver -x -d 'DNS servers in place of those of resolv.conf'
