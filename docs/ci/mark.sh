#!/usr/bin/env bash
# mark.sh STUDENTS: mark what fetch.sh fetched, one verdict a student in build/marks/.
# Exit code 1 if the grader itself failed on some submission: that student has no mark.
set -uo pipefail

mkdir -p build/marks
failed=0
while IFS=, read -r student _ || [ -n "$student" ]; do
    case $student in
        '' | .* | *[!A-Za-z0-9._-]*) echo "::warning::not a name for a folder: $student"; continue ;;
    esac
    notebook=build/students/$student/$ASSIGNMENT.ipynb
    if [ ! -e "$notebook" ]; then
        echo "::warning::$student: no $ASSIGNMENT.ipynb"
        continue
    fi
    verdict=build/marks/$student.json
    rm -f "$verdict"
    # It ends with an exit code for a notebook that is not right, too: the verdict says which it is.
    make --no-print-directory mark A="$ASSIGNMENT" NOTEBOOK="$notebook" ARGS="--json $verdict" \
        >"build/marks/$student.txt" 2>&1 </dev/null
    grep -Eqs '^ "outcome": "(graded|unreadable)"' "$verdict" ||
        { echo "::error::$student: the grader failed"; failed=1; }
done < <(tail -n +2 "$1" | tr -d '\r')
exit "$failed"
