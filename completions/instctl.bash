
__instctl_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__instctl_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__instctl_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__instctl_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_instctl() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __instctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    watch|get-updates|add-updates|decode|state|serve|login|logout|whoami|token|insts|http|permission|send-action|devices|call|count|timesync|diff|gaps|set|unset|bots|profile|help)
        # Offer subcommand argument completions
        "_instctl_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'watch get-updates add-updates decode state serve login logout whoami token insts http permission send-action devices call count timesync diff gaps set unset bots profile help' -- "${cur}"))
        ;;
    esac
}

_instctl_watch() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--decode --state --temporary --tui --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --until-synced --quiet -q --raw-strings --version -h --help)
    repeating_options=(--events --markers --pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --exec --exec-jobs --exec-timeout --ready-file --ready-fd --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion watch -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--events')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion watch -- --events "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--markers')
        return
        ;;
    '--exec')
        return
        ;;
    '--exec-jobs')
        return
        ;;
    '--exec-timeout')
        return
        ;;
    '--ready-file')
        __instctl_add_completions -f
        return
        ;;
    '--ready-fd')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion watch -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion watch -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion watch -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_get-updates() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --decode --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion get-updates -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion get-updates -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion get-updates -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion get-updates -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_add-updates() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--unchecked --dry-run --decode --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --file --batch --inflight --aux --space --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion add-updates -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--file')
        __instctl_add_completions -f
        return
        ;;
    '--batch')
        return
        ;;
    '--inflight')
        return
        ;;
    '--aux')
        __instctl_add_completions -o plusdirs -fX '!*.@(aux)'
        return
        ;;
    '--space')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion add-updates -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion add-updates -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion add-updates -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_decode() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion decode -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -f
        return
        ;;
    esac
}

_instctl_state() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--file --inst --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--bot --tag --pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --format --space --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion state -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--format')
        __instctl_add_completions -W 'bots'$'\n''aux1'$'\n''aux2'
        return
        ;;
    '--bot')
        return
        ;;
    '--tag')
        return
        ;;
    '--space')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion state -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion state -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion state -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_serve() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--tls --large-messages --reorder --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--host --port -p --cert --cert-key --cert-out --data --auth --max-inst-bytes --rate-limit --dialect --latency --drop-acks --seed --max-message --ready-file --ready-fd --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--host')
        return
        ;;
    '--port'|'-p')
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-out')
        __instctl_add_completions -f
        return
        ;;
    '--data')
        __instctl_add_completions -f
        return
        ;;
    '--auth')
        __instctl_add_completions -f
        return
        ;;
    '--max-inst-bytes')
        return
        ;;
    '--rate-limit')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'deployed'$'\n''documented'
        return
        ;;
    '--latency')
        return
        ;;
    '--drop-acks')
        return
        ;;
    '--seed')
        return
        ;;
    '--max-message')
        return
        ;;
    '--ready-file')
        __instctl_add_completions -f
        return
        ;;
    '--ready-fd')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion serve -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_login() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--request-only --no-store --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--email --phone --code-file --user-id --request-id --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --timeout --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--email')
        return
        ;;
    '--phone')
        return
        ;;
    '--code-file')
        __instctl_add_completions -f
        return
        ;;
    '--user-id')
        return
        ;;
    '--request-id')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion login -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion login -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_logout() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--local --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --timeout --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion logout -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion logout -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_whoami() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --timeout --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion whoami -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion whoami -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_token() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--record --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--record')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion token -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion token -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion token -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_insts() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __instctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list)
        # Offer subcommand argument completions
        "_instctl_insts_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list' -- "${cur}"))
        ;;
    esac
}

_instctl_insts_list() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--record-key-file --session-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --timeout --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--session-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion insts list -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion insts list -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_http() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--raw --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--field --query --path-param --pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--body --timeout --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--body')
        return
        ;;
    '--field')
        return
        ;;
    '--query')
        return
        ;;
    '--path-param')
        return
        ;;
    '--timeout')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion http -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion http -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W 'GET'$'\n''POST'$'\n''PUT'$'\n''PATCH'$'\n''DELETE'$'\n''HEAD'$'\n''OPTIONS'
        return
        ;;
    esac
}

_instctl_permission() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __instctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    request|grant|deny)
        # Offer subcommand argument completions
        "_instctl_permission_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'request grant deny' -- "${cur}"))
        ;;
    esac
}

_instctl_permission_request() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --timeout --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission request -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--timeout')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission request -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission request -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission request -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_permission_grant() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --user --ready-file --ready-fd --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission grant -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--user')
        return
        ;;
    '--ready-file')
        __instctl_add_completions -f
        return
        ;;
    '--ready-fd')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission grant -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission grant -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission grant -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_permission_deny() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --user --ready-file --ready-fd --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission deny -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--user')
        return
        ;;
    '--ready-file')
        __instctl_add_completions -f
        return
        ;;
    '--ready-fd')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission deny -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission deny -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion permission deny -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_send-action() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--broadcast --wait --allow-batching --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --to-connection --to-session --to-user --task-id --settle --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion send-action -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--to-connection')
        return
        ;;
    '--to-session')
        return
        ;;
    '--to-user')
        return
        ;;
    '--task-id')
        return
        ;;
    '--settle')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion send-action -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion send-action -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion send-action -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_devices() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--once --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --until-synced --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --settle --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on --ready-file --ready-fd)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion devices -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--settle')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion devices -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion devices -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--ready-file')
        __instctl_add_completions -f
        return
        ;;
    '--ready-fd')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion devices -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_call() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--no-login --follow --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion call -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion call -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W 'login'$'\n''repo/watch_branch'$'\n''repo/unwatch_branch'$'\n''repo/get_updates'$'\n''repo/add_updates'$'\n''repo/send_action'$'\n''repo/watch_branch_devices'$'\n''repo/unwatch_branch_devices'$'\n''repo/connection_count'$'\n''sync/time'$'\n''http_request'$'\n''permission/request/missing'$'\n''permission/request/missing/response'
        return
        ;;
    esac
}

_instctl_count() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--all --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion count -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion count -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion count -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion count -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_timesync() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--watch --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress -1 --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--samples --interval --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --count -c --for --idle --timeout --until --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--samples')
        return
        ;;
    '--interval')
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion timesync -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--count'|'-c')
        return
        ;;
    '--for')
        return
        ;;
    '--idle')
        return
        ;;
    '--timeout')
        return
        ;;
    '--until')
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion timesync -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_diff() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--as-update --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--a-server --a-profile --b-server --b-profile --a-branch --b-branch --branch -b --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--a-server')
        return
        ;;
    '--a-profile')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- --a-profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--b-server')
        return
        ;;
    '--b-profile')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- --b-profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--a-branch')
        return
        ;;
    '--b-branch')
        return
        ;;
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    2)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion diff -- positional@1 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_gaps() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--file --inst --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion gaps -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion gaps -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion gaps -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion gaps -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_set() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--dry-run --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --json --mask --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 4

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion set -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion set -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion set -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion set -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_unset() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--dry-run --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --mask --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options 3

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion unset -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion unset -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion unset -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion unset -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_bots() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __instctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|remove)
        # Offer subcommand argument completions
        "_instctl_bots_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add remove' -- "${cur}"))
        ;;
    esac
}

_instctl_bots_add() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--dry-run --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --json --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots add -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots add -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots add -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots add -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_bots_remove() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--dry-run --skip-undecodable --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --record --record-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on --timeout)
    __instctl_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots remove -- --branch "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--record')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots remove -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots remove -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    '--timeout')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion bots remove -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_profile() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __instctl_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|add|use|remove)
        # Offer subcommand argument completions
        "_instctl_profile_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show add use remove' -- "${cur}"))
        ;;
    esac
}

_instctl_profile_list() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile list -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_profile_show() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--origin --quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile show -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile show -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_profile_add() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--use --replace --no-reconnect -k --insecure -4 --ipv4 -6 --ipv6 --compress --no-compress --quiet -q --raw-strings --version -h --help)
    repeating_options=(--inst --pin --resolve -H --header --subprotocol --type)
    non_repeating_options=(--branch -b --timeout --record-key-file --session-key-file --server -s --profile -p --connection-id --token-file --key-file --key-command --connect-timeout --retries --backoff --ping-interval --ping-timeout --cacert --cert --cert-key --cert-password-file --servername --proxy --proxy-credentials-file --unix-socket --cookie-file --origin --max-message --dialect --large-messages --trace --output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--branch'|'-b')
        return
        ;;
    '--inst')
        return
        ;;
    '--timeout')
        return
        ;;
    '--record-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--session-key-file')
        __instctl_add_completions -f
        return
        ;;
    '--server'|'-s')
        return
        ;;
    '--profile'|'-p')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile add -- --profile "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--connection-id')
        return
        ;;
    '--token-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-file')
        __instctl_add_completions -f
        return
        ;;
    '--key-command')
        return
        ;;
    '--connect-timeout')
        return
        ;;
    '--retries')
        return
        ;;
    '--backoff')
        return
        ;;
    '--ping-interval')
        return
        ;;
    '--ping-timeout')
        return
        ;;
    '--cacert')
        __instctl_add_completions -f
        return
        ;;
    '--cert')
        __instctl_add_completions -f
        return
        ;;
    '--cert-key')
        __instctl_add_completions -f
        return
        ;;
    '--cert-password-file')
        __instctl_add_completions -f
        return
        ;;
    '--servername')
        return
        ;;
    '--pin')
        return
        ;;
    '--proxy')
        return
        ;;
    '--proxy-credentials-file')
        __instctl_add_completions -f
        return
        ;;
    '--unix-socket')
        __instctl_add_completions -f
        return
        ;;
    '--resolve')
        return
        ;;
    '-H'|'--header')
        return
        ;;
    '--cookie-file')
        __instctl_add_completions -f
        return
        ;;
    '--origin')
        return
        ;;
    '--subprotocol')
        return
        ;;
    '--max-message')
        return
        ;;
    '--dialect')
        __instctl_add_completions -W 'auto'$'\n''deployed'$'\n''documented'
        return
        ;;
    '--large-messages')
        __instctl_add_completions -W 'auto'$'\n''upload'$'\n''inline'
        return
        ;;
    '--trace')
        __instctl_add_completions -f
        return
        ;;
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile add -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac
}

_instctl_profile_use() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--none --quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile use -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile use -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_profile_remove() {
    repeating_flags=(--verbose -v)
    non_repeating_flags=(--quiet -q --raw-strings --version -h --help)
    repeating_options=(--type)
    non_repeating_options=(--output --color --log-format --where --select --fail-on)
    __instctl_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--output')
        __instctl_add_completions -W 'json'$'\n''pretty'$'\n''raw'
        return
        ;;
    '--color')
        __instctl_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--log-format')
        __instctl_add_completions -W 'text'$'\n''json'
        return
        ;;
    '--type')
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile remove -- --type "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    '--where')
        return
        ;;
    '--select')
        return
        ;;
    '--fail-on')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __instctl_add_completions -W "$(__instctl_custom_complete ---completion profile remove -- positional@0 "${COMP_CWORD}" "$(__instctl_cursor_index_in_current_word)")"
        return
        ;;
    esac
}

_instctl_help() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __instctl_offer_flags_options -1

    # Offer positional completions
    case "${positional_number}" in
    *)
        __instctl_add_completions -W 'exit-codes'$'\n''output'$'\n''trace'$'\n''expressions'$'\n''environment'$'\n''auth'$'\n''watch'$'\n''get-updates'$'\n''add-updates'$'\n''decode'$'\n''state'$'\n''serve'$'\n''login'$'\n''logout'$'\n''whoami'$'\n''token'$'\n''insts'$'\n''http'$'\n''permission'$'\n''send-action'$'\n''devices'$'\n''call'$'\n''count'$'\n''timesync'$'\n''diff'$'\n''gaps'$'\n''set'$'\n''unset'$'\n''bots'$'\n''profile'
        return
        ;;
    esac
}

complete -o filenames -F _instctl instctl
