"""The script that asks a node for everything about its cluster in one go.

What it prints is framed: the first line names a mark that no program can know beforehand, then each section stands
between ``MARK begin NAME`` and ``MARK end NAME CODE``, followed by what the program wrote to its standard error up to
``MARK said NAME``. A section that is missing was not asked for, or the script was ended before.

The history of fencing is that of crm_mon: ``stonith_admin --history '*'`` left out what is pending and what failed
(measured with Pacemaker 2.1.5).
"""

from __future__ import annotations

FIRST = "fcm-pacemaker-1"
"""Begin of the first line; the number counts up when the frame changes."""
PROGRAM_LIMIT = 3
"""s that one program may take. A node is given up after 5 s, so that one that hangs leaves time for the others."""
MOST_MOVES = 16
"""Resources whose moves are asked for: one call of attrd_updater for each attribute (10 to 50 ms)."""
RECENT = 30
"""s for which the attempts of a migration that has ended are asked for still."""

SCRIPT = rf"""
export LC_ALL=C
m=$(cat /proc/sys/kernel/random/uuid)
echo "{FIRST} $m"
exec 3>&1
ask() {{ # NAME PROGRAM...: its output, its exit code, and what it wrote to standard error
    n=$1
    shift
    printf '%s begin %s\n' "$m" "$n"
    s=$(timeout -k 1 {PROGRAM_LIMIT} "$@" 2>&1 1>&3 3>&- </dev/null)
    c=$?
    printf '\n%s end %s %s\n%s\n%s said %s\n' "$m" "$n" "$c" "$s" "$m" "$n"
}}
ask clock date +%s.%N
if command -v crm_mon >/dev/null && command -v cibadmin >/dev/null; then
    ask crm_mon crm_mon -1 --output-as=xml
    b=$(timeout -k 1 {PROGRAM_LIMIT} cibadmin -Q 2>&1 </dev/null)
    c=$?
    printf '%s begin cib\n%s\n%s end cib %s\n%s said cib\n' "$m" "$b" "$m" "$c" "$m"
    if [ $c = 0 ]; then
        printf '%s\n' "$b" | awk -v now="$(date +%s)" '
            function value(name, at) {{
                at = match($0, " " name "=\"[^\"]*\"")
                return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : ""
            }}
            /<lrm_resource / {{ resource = value("id") }}
            /<lrm_rsc_op / && value("operation") == "migrate_to" {{
                if (value("op-status") == -1 || value("rc-code") != 0 || now - value("last-rc-change") \
                    - value("exec-time") / 1000 < {RECENT}) print resource
            }}' | sort -u | head -n {MOST_MOVES} | while read -r r; do
            ask "move:$r" attrd_updater -Q -A -n "fcm-move-$r" --output-as=xml
            ask "cancel:$r" attrd_updater -Q -A -n "fcm-cancel-$r" --output-as=xml
        done
    fi
else
    printf '%s begin absent\n\n%s end absent 127\n\n%s said absent\n' "$m" "$m" "$m"
fi
if command -v corosync-quorumtool >/dev/null; then
    ask quorum corosync-quorumtool -s
    ask links corosync-cfgtool -n
fi
echo "$m over"
"""
"""For ``NodeShell.run``; of POSIX sh and awk, some 80 ms of a processor that is idle."""
