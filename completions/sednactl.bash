# bash completion for sednactl; made by `make completions` from the program's own options; do not edit

_sednactl_about() {
    below= aliases= options= valued= first= more=
    case $1 in
        /)
            below='create templates validate explain diff apply get describe tree wait delete scale cleanup completion'
            aliases=''
            options='--version --verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /create)
            below='jointinference model dataset'
            aliases='ji=jointinference'
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /create/jointinference)
            below=''
            aliases=''
            options='--cloud-model --cloud-image --cloud-node --cloud-node-selector --cloud-env --cloud-request --cloud-limit --cloud-volume --cloud-host-network --no-cloud-host-network --cloud-dns-policy --cloud-container --cloud-hpa --edge-model --edge-image --edge-node --edge-node-selector --edge-env --edge-request --edge-limit --edge-volume --edge-host-network --no-edge-host-network --edge-dns-policy --edge-container --edge-hpa --hem --hem-param --hpa --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--cloud-model --cloud-image --cloud-node --cloud-node-selector --cloud-env --cloud-request --cloud-limit --cloud-volume --cloud-dns-policy --cloud-container --cloud-hpa --edge-model --edge-image --edge-node --edge-node-selector --edge-env --edge-request --edge-limit --edge-volume --edge-dns-policy --edge-container --edge-hpa --hem --hem-param --hpa --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/model)
            below=''
            aliases=''
            options='--url --format --device-soc --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--url --format --device-soc --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/dataset)
            below=''
            aliases=''
            options='--url --format --node --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--url --format --node --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /templates)
            below='list show eject'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /templates/list)
            below=''
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /templates/show)
            below=''
            aliases=''
            options='--values --verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /templates/eject)
            below=''
            aliases=''
            options='--to --force --verbose -v --no-color -h --help'
            valued='--to'
            first='' more='' ;;
        /validate)
            below=''
            aliases=''
            options='-f --filename -R --recursive -o --output --strict --ignore --verbose -v --no-color -h --help'
            valued='-f --filename -o --output --ignore'
            first='@files' more='@files' ;;
        /explain)
            below=''
            aliases=''
            options='--recursive --verbose -v --no-color -h --help'
            valued=''
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /diff)
            below=''
            aliases=''
            options='--filename -f --recursive -R --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--filename -f --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /apply)
            below=''
            aliases=''
            options='--filename -f --recursive -R --dry-run --force-conflicts --allow-taken-names --validate --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--filename -f --dry-run --validate --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /get)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --output -o --no-headers --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /describe)
            below=''
            aliases=''
            options='--kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /tree)
            below=''
            aliases=''
            options='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /wait)
            below=''
            aliases=''
            options='--for --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--for --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /delete)
            below=''
            aliases=''
            options='--filename -f --recursive -R --selector -l --yes -y --wait --timeout --dry-run --ignore-not-found --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--filename -f --selector -l --wait --timeout --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /scale)
            below='status watch'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /scale/status)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /scale/watch)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --until --timeout --record --force --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--selector -l --until --timeout --record --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /cleanup)
            below='ghost-instances undo'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /cleanup/ghost-instances)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --kind --older-than --yes -y --max --backup --resume --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--selector -l --kind --older-than --max --backup --resume --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /cleanup/undo)
            below=''
            aliases=''
            options='--dry-run --force --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --verbose -v --no-color -h --help'
            valued='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@files' more='' ;;
        /completion)
            below=''
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='bash zsh fish' more='' ;;
    esac
}

_sednactl_values() {
    values=
    case $1 in
        '/create/jointinference --cloud-volume') values='@files' ;;
        '/create/jointinference --edge-volume') values='@files' ;;
        '/create/jointinference --hpa') values='cloud edge both none' ;;
        '/create/jointinference --filename' | '/create/jointinference -f') values='@files' ;;
        '/create/jointinference --set') values='@files' ;;
        '/create/jointinference --set-string') values='@files' ;;
        '/create/jointinference --template') values='@files' ;;
        '/create/jointinference --dry-run') values='none client server' ;;
        '/create/jointinference --output' | '/create/jointinference -o') values='yaml json name' ;;
        '/create/jointinference --kubeconfig') values='@files' ;;
        '/create/model --filename' | '/create/model -f') values='@files' ;;
        '/create/model --set') values='@files' ;;
        '/create/model --set-string') values='@files' ;;
        '/create/model --template') values='@files' ;;
        '/create/model --dry-run') values='none client server' ;;
        '/create/model --output' | '/create/model -o') values='yaml json name' ;;
        '/create/model --kubeconfig') values='@files' ;;
        '/create/dataset --filename' | '/create/dataset -f') values='@files' ;;
        '/create/dataset --set') values='@files' ;;
        '/create/dataset --set-string') values='@files' ;;
        '/create/dataset --template') values='@files' ;;
        '/create/dataset --dry-run') values='none client server' ;;
        '/create/dataset --output' | '/create/dataset -o') values='yaml json name' ;;
        '/create/dataset --kubeconfig') values='@files' ;;
        '/templates/eject --to') values='@folders' ;;
        '/validate -f' | '/validate --filename') values='@files' ;;
        '/validate -o' | '/validate --output') values='text json' ;;
        '/diff --filename' | '/diff -f') values='@files' ;;
        '/diff --kubeconfig') values='@files' ;;
        '/apply --filename' | '/apply -f') values='@files' ;;
        '/apply --dry-run') values='none client server' ;;
        '/apply --validate') values='strict warn' ;;
        '/apply --output' | '/apply -o') values='table name yaml json' ;;
        '/apply --kubeconfig') values='@files' ;;
        '/get --output' | '/get -o') values='table wide yaml json name' ;;
        '/get --kubeconfig') values='@files' ;;
        '/describe --kubeconfig') values='@files' ;;
        '/tree --output' | '/tree -o') values='table json' ;;
        '/tree --kubeconfig') values='@files' ;;
        '/wait --for') values='running gone' ;;
        '/wait --kubeconfig') values='@files' ;;
        '/delete --filename' | '/delete -f') values='@files' ;;
        '/delete --wait') values='true false' ;;
        '/delete --dry-run') values='none client server' ;;
        '/delete --output' | '/delete -o') values='table name json' ;;
        '/delete --kubeconfig') values='@files' ;;
        '/scale/status --output' | '/scale/status -o') values='table wide json jsonl yaml' ;;
        '/scale/status --kubeconfig') values='@files' ;;
        '/scale/watch --record') values='@files' ;;
        '/scale/watch --output' | '/scale/watch -o') values='table wide jsonl' ;;
        '/scale/watch --kubeconfig') values='@files' ;;
        '/cleanup/ghost-instances --kind') values='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' ;;
        '/cleanup/ghost-instances --backup') values='@files' ;;
        '/cleanup/ghost-instances --resume') values='@files' ;;
        '/cleanup/ghost-instances --output' | '/cleanup/ghost-instances -o') values='table wide json yaml name' ;;
        '/cleanup/ghost-instances --kubeconfig') values='@files' ;;
        '/cleanup/undo --output' | '/cleanup/undo -o') values='table json' ;;
        '/cleanup/undo --kubeconfig') values='@files' ;;
    esac
}

_sednactl_offer() {
    case $1 in
        @files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
        @folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
        *) COMPREPLY=($(compgen -W "$1" -- "$2")) ;;
    esac
}

_sednactl() {
    local IFS=$' \t\n' cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local place=/ word i waiting= count=0 only_names= below aliases options valued first more values
    COMPREPLY=()
    # bash cuts --output=json into three words
    if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
    _sednactl_about "$place"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $waiting ]]; then
            [[ $word == = ]] || waiting=
        elif [[ $word == = ]]; then
            waiting=1
        elif [[ $word == -- ]]; then
            only_names=1
        elif [[ $word == -* && -z $only_names ]]; then
            [[ " $valued " == *" $word "* ]] && waiting=1
        elif [[ " $below " == *" $word "* ]]; then
            place=${place%/}/$word
            _sednactl_about "$place"
        elif [[ " $aliases " == *" $word="* ]]; then
            word=${aliases#*"$word="}
            place=${place%/}/${word%% *}
            _sednactl_about "$place"
        else
            count=$((count + 1))
        fi
    done
    if [[ -n $waiting ]]; then
        _sednactl_values "$place $prev"
        _sednactl_offer "$values" "$cur"
    elif [[ $cur == -* && -z $only_names ]]; then
        _sednactl_offer "$options" "$cur"
    elif [[ -n $below ]]; then
        _sednactl_offer "$below" "$cur"
    elif ((count == 0)); then
        _sednactl_offer "$first" "$cur"
    else
        _sednactl_offer "$more" "$cur"
    fi
}

complete -F _sednactl sednactl kubectl-sedna
