function __instctl_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __instctl_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __instctl_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __instctl_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __instctl_parse_tokens -S
    set -l unparsed_tokens (__instctl_tokens -pc)
    switch $unparsed_tokens[1]
    case 'instctl'
        __instctl_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'watch'
            __instctl_parse_subcommand 1 'b/branch=' 'record=' 's/server=' 'connection-id=' 'token-file=' 'key-file=' 'connect-timeout=' 'no-reconnect' 'cacert=' 'k/insecure' 'compress' 'no-compress' 'max-message=' 'c/count=' '1' 'for=' 'idle=' 'until-synced' 'timeout=' 'output=' 'v/verbose' 'q/quiet' 'ready-file=' 'version' 'h/help'
        case 'get-updates'
            __instctl_parse_subcommand 1 'b/branch=' 'record=' 's/server=' 'connection-id=' 'token-file=' 'key-file=' 'connect-timeout=' 'no-reconnect' 'cacert=' 'k/insecure' 'compress' 'no-compress' 'max-message=' 'output=' 'v/verbose' 'q/quiet' 'timeout=' 'version' 'h/help'
        case 'add-updates'
            __instctl_parse_subcommand -r 2 'b/branch=' 'record=' 'file=' 'batch=' 'inflight=' 'unchecked' 's/server=' 'connection-id=' 'token-file=' 'key-file=' 'connect-timeout=' 'no-reconnect' 'cacert=' 'k/insecure' 'compress' 'no-compress' 'max-message=' 'output=' 'v/verbose' 'q/quiet' 'timeout=' 'version' 'h/help'
        case 'serve'
            __instctl_parse_subcommand 0 'host=' 'p/port=' 'tls' 'cert=' 'cert-key=' 'cert-out=' 'data=' 'max-inst-bytes=' 'rate-limit=' 'compress' 'no-compress' 'max-message=' 'ready-file=' 'output=' 'v/verbose' 'q/quiet' 'version' 'h/help'
        case 'help'
            __instctl_parse_subcommand -r 1 'version'
        end
    end
end

function __instctl_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __instctl_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __instctl_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __instctl_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__instctl_tokens -p)
    if test -z "$(__instctl_tokens -t)"
        set -l index (count (__instctl_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'instctl' -f
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl" version' -l 'version' -d 'Show the version.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_positional "instctl" -eq 1' -fa 'watch' -d 'Follow a branch: its state first, then every update as it comes.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_positional "instctl" -eq 1' -fa 'get-updates' -d 'Print every stored update of a branch, once.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_positional "instctl" -eq 1' -fa 'add-updates' -d 'Send updates to a branch, and wait until the server has stored them.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_positional "instctl" -eq 1' -fa 'serve' -d 'Run an inst server in this process, for development and CI.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_positional "instctl" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" b branch' -l 'branch' -s 'b' -d 'The branch.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" record' -l 'record' -d 'The record; the whole of INST is then the inst\'s name.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" s server' -l 'server' -s 's' -d 'The server: https://host (reached at wss://host/websocket), or a ws(s):// URL as it stands.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" connection-id' -l 'connection-id' -d 'Log in with this connection id; a fresh random one by default. Also INSTCTL_CONNECTION_ID.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" token-file' -l 'token-file' -d 'Log in with the connection token in this file, \'-\' for stdin. Also INSTCTL_TOKEN, which holds the token itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" key-file' -l 'key-file' -d 'Log in with tokens made from the connection key in this file, \'-\' for stdin. Also INSTCTL_KEY, which holds the key itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" connect-timeout' -l 'connect-timeout' -d 'Give up when name, TCP, TLS, upgrade and login take longer than this.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" no-reconnect' -l 'no-reconnect' -d 'End when the connection is lost instead of connecting again.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" cacert' -l 'cacert' -d 'Trust the certificates in this PEM file instead of the system\'s.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" insecure k' -s 'k' -l 'insecure' -d 'Do not verify the server\'s certificate.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" compress' -l 'compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" no-compress' -l 'no-compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" max-message' -l 'max-message' -d 'The largest message accepted, after decompression.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" c count' -l 'count' -s 'c' -d 'End after this many lines of updates.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" 1' -s '1' -d 'The same as --count 1.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" for' -l 'for' -d 'End after this time.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" idle' -l 'idle' -d 'End when nothing has arrived for so long.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" until-synced' -l 'until-synced' -d 'End once the branch\'s present state has been printed.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" timeout' -l 'timeout' -d 'Fail (exit 124) when nothing else has ended the command by then.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" output' -l 'output' -d 'The form of the output.' -rfka 'json'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch"' -l 'verbose' -s 'v' -d 'Tell on stderr what happens.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" q quiet' -l 'quiet' -s 'q' -d 'No diagnostics but errors.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" ready-file' -l 'ready-file' -d 'Create this file at the first sync, when the command is really running.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" version' -l 'version' -d 'Show the version.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl watch" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" b branch' -l 'branch' -s 'b' -d 'The branch.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" record' -l 'record' -d 'The record; the whole of INST is then the inst\'s name.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" s server' -l 'server' -s 's' -d 'The server: https://host (reached at wss://host/websocket), or a ws(s):// URL as it stands.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" connection-id' -l 'connection-id' -d 'Log in with this connection id; a fresh random one by default. Also INSTCTL_CONNECTION_ID.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" token-file' -l 'token-file' -d 'Log in with the connection token in this file, \'-\' for stdin. Also INSTCTL_TOKEN, which holds the token itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" key-file' -l 'key-file' -d 'Log in with tokens made from the connection key in this file, \'-\' for stdin. Also INSTCTL_KEY, which holds the key itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" connect-timeout' -l 'connect-timeout' -d 'Give up when name, TCP, TLS, upgrade and login take longer than this.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" no-reconnect' -l 'no-reconnect' -d 'End when the connection is lost instead of connecting again.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" cacert' -l 'cacert' -d 'Trust the certificates in this PEM file instead of the system\'s.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" insecure k' -s 'k' -l 'insecure' -d 'Do not verify the server\'s certificate.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" compress' -l 'compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" no-compress' -l 'no-compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" max-message' -l 'max-message' -d 'The largest message accepted, after decompression.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" output' -l 'output' -d 'The form of the output.' -rfka 'json'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates"' -l 'verbose' -s 'v' -d 'Tell on stderr what happens.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" q quiet' -l 'quiet' -s 'q' -d 'No diagnostics but errors.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" timeout' -l 'timeout' -d 'Fail (exit 124) when nothing has moved for so long.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" version' -l 'version' -d 'Show the version.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl get-updates" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" b branch' -l 'branch' -s 'b' -d 'The branch.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" record' -l 'record' -d 'The record; the whole of INST is then the inst\'s name.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" file' -l 'file' -d 'Read this file instead of stdin.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" batch' -l 'batch' -d 'Join so many lines or arguments to one message.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" inflight' -l 'inflight' -d 'At most so many messages unacknowledged at a time.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" unchecked' -l 'unchecked' -d 'Send what is not base64, too.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" s server' -l 'server' -s 's' -d 'The server: https://host (reached at wss://host/websocket), or a ws(s):// URL as it stands.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" connection-id' -l 'connection-id' -d 'Log in with this connection id; a fresh random one by default. Also INSTCTL_CONNECTION_ID.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" token-file' -l 'token-file' -d 'Log in with the connection token in this file, \'-\' for stdin. Also INSTCTL_TOKEN, which holds the token itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" key-file' -l 'key-file' -d 'Log in with tokens made from the connection key in this file, \'-\' for stdin. Also INSTCTL_KEY, which holds the key itself.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" connect-timeout' -l 'connect-timeout' -d 'Give up when name, TCP, TLS, upgrade and login take longer than this.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" no-reconnect' -l 'no-reconnect' -d 'End when the connection is lost instead of connecting again.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" cacert' -l 'cacert' -d 'Trust the certificates in this PEM file instead of the system\'s.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" insecure k' -s 'k' -l 'insecure' -d 'Do not verify the server\'s certificate.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" compress' -l 'compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" no-compress' -l 'no-compress' -d 'Offer compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" max-message' -l 'max-message' -d 'The largest message accepted, after decompression.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" output' -l 'output' -d 'The form of the output.' -rfka 'json'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates"' -l 'verbose' -s 'v' -d 'Tell on stderr what happens.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" q quiet' -l 'quiet' -s 'q' -d 'No diagnostics but errors.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" timeout' -l 'timeout' -d 'Fail (exit 124) when something is unacknowledged and nothing has moved for so long.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" version' -l 'version' -d 'Show the version.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl add-updates" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" host' -l 'host' -d 'The IP address to listen on.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" p port' -l 'port' -s 'p' -d 'The port; 0 lets the system choose.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" tls' -l 'tls' -d 'Speak TLS; with a certificate made now for localhost, unless --cert is given.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" cert' -l 'cert' -d 'The certificate and its chain, PEM; implies --tls.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" cert-key' -l 'cert-key' -d 'The certificate\'s key, PEM.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" cert-out' -l 'cert-out' -d 'Write the certificate that was made to this file, for the clients\' --cacert.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" data' -l 'data' -d 'Keep the updates in this file: appended and flushed before they are acknowledged, and read back at the start.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" max-inst-bytes' -l 'max-inst-bytes' -d 'The most that the updates of an inst may take.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" rate-limit' -l 'rate-limit' -d 'The most messages accepted from an address in a time, such as 100/1s.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" compress' -l 'compress' -d 'Accept compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" no-compress' -l 'no-compress' -d 'Accept compression (permessage-deflate).'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" max-message' -l 'max-message' -d 'The largest message accepted, after decompression.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" ready-file' -l 'ready-file' -d 'Create this file when the server is listening.' -rfka ''
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" output' -l 'output' -d 'The form of the output.' -rfka 'json'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve"' -l 'verbose' -s 'v' -d 'Tell on stderr what happens.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" q quiet' -l 'quiet' -s 'q' -d 'No diagnostics but errors.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" version' -l 'version' -d 'Show the version.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl serve" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'instctl' -n '__instctl_should_offer_completions_for_flags_or_options "instctl help" version' -l 'version' -d 'Show the version.'
