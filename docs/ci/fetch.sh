#!/usr/bin/env bash
# fetch.sh STUDENTS: clone the repository of each student of the CSV into build/students/.
# A repository that cannot be fetched is named and left out; its student has no mark then.
# Exit code 2 for a CSV that cannot be used: nothing is fetched.
set -uo pipefail

read -r header < <(tr -d '\r\357\273\277' <"$1") || true
case $header in
    student,repository | student,repository,*) ;;
    *) echo "::error::$1: its first line must be student,repository, in UTF-8"; exit 2 ;;
esac
twice=$(tail -n +2 "$1" | cut -d , -f 1 | sort | uniq -d | grep . | paste -sd ' ')
if [ -n "$twice" ]; then
    echo "::error::$1: two lines for $twice: leave one of them out"
    exit 2
fi
mkdir -p build/students
# The last line counts too where it has no end.
tail -n +2 "$1" | tr -d '\r' | while IFS=, read -r student repository _ || [ -n "$student" ]; do
    case $student in
        '' | .* | *[!A-Za-z0-9._-]*) echo "::warning::not a name for a folder: $student"; continue ;;
    esac
    rm -rf "build/students/$student"
    git -c core.symlinks=false clone --quiet --depth 1 \
        "$SERVER/$repository" "build/students/$student" </dev/null ||
        echo "::warning::$student: $repository cannot be fetched"
done
