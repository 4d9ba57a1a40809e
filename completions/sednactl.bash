# bash completion for sednactl; made by `make completions` from the program's own options; do not edit

_sednactl_about() {
    below= aliases= options= valued= first= more=
    case $1 in
        /)
            below='create templates validate explain diff apply get describe tree events logs wait delete repair scale cleanup doctor crd sandbox demo completion'
            aliases=''
            options='--version --verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /create)
            below='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset'
            aliases='ji=jointinference fl=federatedlearning il=incrementallearning ll=lifelonglearning fe=featureextraction os=objectsearch objs=objectsearch ot=objecttracking objt=objecttracking va=videoanalytics'
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /create/jointinference)
            below=''
            aliases=''
            options='--cloud-model --cloud-image --cloud-node --cloud-node-selector --cloud-env --cloud-request --cloud-limit --cloud-volume --cloud-host-network --no-cloud-host-network --cloud-dns-policy --cloud-container --cloud-hpa --edge-model --edge-image --edge-node --edge-node-selector --edge-env --edge-request --edge-limit --edge-volume --edge-host-network --no-edge-host-network --edge-dns-policy --edge-container --edge-hpa --hem --hem-param --hpa --image-pull-policy --with-models --without-models --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--cloud-model --cloud-image --cloud-node --cloud-node-selector --cloud-env --cloud-request --cloud-limit --cloud-volume --cloud-dns-policy --cloud-container --cloud-hpa --edge-model --edge-image --edge-node --edge-node-selector --edge-env --edge-request --edge-limit --edge-volume --edge-dns-policy --edge-container --edge-hpa --hem --hem-param --hpa --image-pull-policy --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/federatedlearning)
            below=''
            aliases=''
            options='--aggregation-model --aggregation-image --aggregation-node --aggregation-node-selector --aggregation-env --aggregation-args --aggregation-request --aggregation-limit --aggregation-volume --aggregation-host-network --no-aggregation-host-network --train-on --train-image --train-node --train-node-selector --train-env --train-args --train-request --train-limit --train-volume --pretrained-model --transmitter --transmitter-credential --image-pull-policy --with-models --without-models --model-url --with-datasets --without-datasets --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--aggregation-model --aggregation-image --aggregation-node --aggregation-node-selector --aggregation-env --aggregation-args --aggregation-request --aggregation-limit --aggregation-volume --train-on --train-image --train-node --train-node-selector --train-env --train-args --train-request --train-limit --train-volume --pretrained-model --transmitter --transmitter-credential --image-pull-policy --model-url --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/incrementallearning)
            below=''
            aliases=''
            options='--dataset --train-prob --output-dir --credential --initial-model --image --node --node-selector --env --args --request --limit --volume --image-pull-policy --train-when --train-hours --train-image --train-node --train-env --train-args --train-request --train-limit --train-volume --eval-image --eval-node --eval-env --eval-args --eval-request --eval-limit --eval-volume --eval-model --deploy-model --deploy-when --deploy-hours --hot-update --no-hot-update --poll-seconds --hem --hem-param --deploy-image --deploy-node --deploy-env --deploy-args --deploy-request --deploy-limit --deploy-volume --with-models --without-models --model-url --with-datasets --without-datasets --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--dataset --train-prob --output-dir --credential --initial-model --image --node --node-selector --env --args --request --limit --volume --image-pull-policy --train-when --train-hours --train-image --train-node --train-env --train-args --train-request --train-limit --train-volume --eval-image --eval-node --eval-env --eval-args --eval-request --eval-limit --eval-volume --eval-model --deploy-model --deploy-when --deploy-hours --poll-seconds --hem --hem-param --deploy-image --deploy-node --deploy-env --deploy-args --deploy-request --deploy-limit --deploy-volume --model-url --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/lifelonglearning)
            below=''
            aliases=''
            options='--dataset --train-prob --output-dir --credential --image --node --node-selector --env --args --request --limit --volume --image-pull-policy --train-when --train-hours --train-image --train-node --train-env --train-args --train-request --train-limit --train-volume --eval-image --eval-node --eval-env --eval-args --eval-request --eval-limit --eval-volume --deploy-image --deploy-node --deploy-env --deploy-args --deploy-request --deploy-limit --deploy-volume --with-datasets --without-datasets --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--dataset --train-prob --output-dir --credential --image --node --node-selector --env --args --request --limit --volume --image-pull-policy --train-when --train-hours --train-image --train-node --train-env --train-args --train-request --train-limit --train-volume --eval-image --eval-node --eval-env --eval-args --eval-request --eval-limit --eval-volume --deploy-image --deploy-node --deploy-env --deploy-args --deploy-request --deploy-limit --deploy-volume --dataset-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/featureextraction)
            below=''
            aliases=''
            options='--model --image --node --node-selector --env --args --request --limit --volume --host-network --no-host-network --replicas --kafka --no-kafka --image-pull-policy --with-models --without-models --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--model --image --node --node-selector --env --args --request --limit --volume --replicas --image-pull-policy --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/objectsearch)
            below=''
            aliases=''
            options='--user-image --user-node --user-node-selector --user-env --user-args --user-request --user-limit --user-volume --track-on --tracking-image --tracking-node-selector --tracking-env --tracking-args --tracking-request --tracking-limit --tracking-volume --reid-image --reid-node --reid-node-selector --reid-env --reid-args --reid-request --reid-limit --reid-volume --reid-replicas --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--user-image --user-node --user-node-selector --user-env --user-args --user-request --user-limit --user-volume --track-on --tracking-image --tracking-node-selector --tracking-env --tracking-args --tracking-request --tracking-limit --tracking-volume --reid-image --reid-node --reid-node-selector --reid-env --reid-args --reid-request --reid-limit --reid-volume --reid-replicas --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/objecttracking)
            below=''
            aliases=''
            options='--track-on --tracking-image --tracking-node-selector --tracking-env --tracking-args --tracking-request --tracking-limit --tracking-volume --reid-image --reid-node --reid-node-selector --reid-env --reid-args --reid-request --reid-limit --reid-volume --reid-replicas --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--track-on --tracking-image --tracking-node-selector --tracking-env --tracking-args --tracking-request --tracking-limit --tracking-volume --reid-image --reid-node --reid-node-selector --reid-env --reid-args --reid-request --reid-limit --reid-volume --reid-replicas --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/reid)
            below=''
            aliases=''
            options='--image --node --node-selector --env --args --request --limit --volume --host-network --no-host-network --kafka --no-kafka --restart-policy --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--image --node --node-selector --env --args --request --limit --volume --restart-policy --image-pull-policy --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/videoanalytics)
            below=''
            aliases=''
            options='--model --image --node --node-selector --env --args --request --limit --volume --host-network --no-host-network --kafka --no-kafka --restart-policy --image-pull-policy --with-models --without-models --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --allow-taken-names --wait --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--model --image --node --node-selector --env --args --request --limit --volume --restart-policy --image-pull-policy --model-url --filename -f --set --set-string --label --annotation --template --dry-run --output -o --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/model)
            below=''
            aliases=''
            options='--url --format --device-soc --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--url --format --device-soc --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /create/dataset)
            below=''
            aliases=''
            options='--url --format --node --credential --filename -f --set --set-string --label --annotation --template --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
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
            options='-f --filename -R --recursive -o --output --strict --ignore --sedna-version --kubernetes-version --cluster --jobs -j --fix --yes -y --verbose -v --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --contexts --all-contexts --no-color -h --help'
            valued='-f --filename -o --output --ignore --sedna-version --kubernetes-version --jobs -j --kubeconfig --context --namespace -n --request-timeout --as --as-group --contexts'
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
            options='--filename -f --recursive -R --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /apply)
            below=''
            aliases=''
            options='--filename -f --recursive -R --dry-run --force-conflicts --allow-taken-names --validate --replace --allow-harmful-edits --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --dry-run --validate --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='' more='' ;;
        /get)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --watch -w --output -o --no-headers --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --contexts --all-contexts --verbose -v --no-color -h --help'
            valued='--selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --contexts'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /describe)
            below=''
            aliases=''
            options='--kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /tree)
            below=''
            aliases=''
            options='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /events)
            below=''
            aliases=''
            options='--watch -w --types --output -o --no-headers --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--types --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /logs)
            below=''
            aliases=''
            options='--side --container -c --follow -f --tail --since --since-time --timestamps --previous -p --prefix --no-prefix --max-pods --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--side --container -c --tail --since --since-time --max-pods --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /wait)
            below=''
            aliases=''
            options='--for --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--for --timeout --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /delete)
            below=''
            aliases=''
            options='--filename -f --recursive -R --selector -l --yes -y --wait --timeout --dry-run --ignore-not-found --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --selector -l --wait --timeout --dry-run --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /repair)
            below=''
            aliases=''
            options='--yes -y --dry-run --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /scale)
            below='status watch explain simulate recommend set'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /scale/status)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --contexts --all-contexts --verbose -v --no-color -h --help'
            valued='--selector -l --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --contexts'
            first='@services' more='' ;;
        /scale/watch)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --until --timeout --record --force --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--selector -l --until --timeout --record --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@services' more='' ;;
        /scale/explain)
            below=''
            aliases=''
            options='--filename -f --now --side --controller --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --now --side --controller --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@services' more='' ;;
        /scale/simulate)
            below=''
            aliases=''
            options='--filename -f --load --rps --load-unit --service --for --compare --fixed --sweep --model --metric --price --controller --max-unmet --max-over-target --max-flaps --max-replica-hours --max-cost --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --load --rps --load-unit --service --for --compare --fixed --sweep --model --metric --price --controller --max-unmet --max-over-target --max-flaps --max-replica-hours --max-cost --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@services' more='' ;;
        /scale/recommend)
            below=''
            aliases=''
            options='--filename -f --load --rps --load-unit --service --for --max-overload --max-unmet --max-wait --max-flaps --max --model --price --controller --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--filename -f --load --rps --load-unit --service --for --max-overload --max-unmet --max-wait --max-flaps --max --model --price --controller --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@services' more='' ;;
        /scale/set)
            below=''
            aliases=''
            options='--cloud --edge --keep-replicas --dry-run --wait --no-wait --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--cloud --edge --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@services' more='' ;;
        /cleanup)
            below='ghost-instances undo'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /cleanup/ghost-instances)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --kind --older-than --yes -y --max --backup --resume --parallel --rate --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --contexts --all-contexts --verbose -v --no-color -h --help'
            valued='--selector -l --kind --older-than --max --backup --resume --parallel --rate --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --contexts'
            first='' more='' ;;
        /cleanup/undo)
            below=''
            aliases=''
            options='--dry-run --force --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='@files' more='' ;;
        /doctor)
            below=''
            aliases=''
            options='--all-namespaces -A --selector -l --check --skip --list --fix --yes -y --sedna-namespace --timeout --output -o --verbose -v --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --contexts --all-contexts --no-color -h --help'
            valued='--selector -l --check --skip --sedna-namespace --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --contexts'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='@names' ;;
        /crd)
            below='export diff install upgrade'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /crd/export)
            below=''
            aliases=''
            options='--sedna-version --dir --force --output -o --verbose -v --no-color -h --help'
            valued='--sedna-version --dir --output -o'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /crd/diff)
            below=''
            aliases=''
            options='--sedna-version --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--sedna-version --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /crd/install)
            below=''
            aliases=''
            options='--sedna-version --dry-run --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--sedna-version --dry-run --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /crd/upgrade)
            below=''
            aliases=''
            options='--sedna-version --yes -y --allow-losses --force-conflicts --dry-run --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group --sandbox --verbose -v --no-color -h --help'
            valued='--sedna-version --dry-run --timeout --output -o --kubeconfig --context --namespace -n --request-timeout --as --as-group'
            first='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' more='' ;;
        /sandbox)
            below='up down status reset load'
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /sandbox/up)
            below=''
            aliases=''
            options='--speed --sedna --fault --data --verbose -v --no-color -h --help'
            valued='--speed --sedna --fault --data'
            first='' more='' ;;
        /sandbox/down)
            below=''
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /sandbox/status)
            below=''
            aliases=''
            options='--output -o --verbose -v --no-color -h --help'
            valued='--output -o'
            first='' more='' ;;
        /sandbox/reset)
            below=''
            aliases=''
            options='--verbose -v --no-color -h --help'
            valued=''
            first='' more='' ;;
        /sandbox/load)
            below=''
            aliases=''
            options='--profile --side --times --off --namespace -n --verbose -v --no-color -h --help'
            valued='--profile --side --times --namespace -n'
            first='' more='' ;;
        /demo)
            below=''
            aliases=''
            options='--keep --verbose -v --no-color -h --help'
            valued='--keep'
            first='' more='' ;;
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
        '/create/jointinference --context') values='@contexts' ;;
        '/create/jointinference --namespace' | '/create/jointinference -n') values='@namespaces' ;;
        '/create/federatedlearning --aggregation-volume') values='@files' ;;
        '/create/federatedlearning --train-volume') values='@files' ;;
        '/create/federatedlearning --filename' | '/create/federatedlearning -f') values='@files' ;;
        '/create/federatedlearning --set') values='@files' ;;
        '/create/federatedlearning --set-string') values='@files' ;;
        '/create/federatedlearning --template') values='@files' ;;
        '/create/federatedlearning --dry-run') values='none client server' ;;
        '/create/federatedlearning --output' | '/create/federatedlearning -o') values='yaml json name' ;;
        '/create/federatedlearning --kubeconfig') values='@files' ;;
        '/create/federatedlearning --context') values='@contexts' ;;
        '/create/federatedlearning --namespace' | '/create/federatedlearning -n') values='@namespaces' ;;
        '/create/incrementallearning --volume') values='@files' ;;
        '/create/incrementallearning --train-volume') values='@files' ;;
        '/create/incrementallearning --eval-volume') values='@files' ;;
        '/create/incrementallearning --deploy-volume') values='@files' ;;
        '/create/incrementallearning --filename' | '/create/incrementallearning -f') values='@files' ;;
        '/create/incrementallearning --set') values='@files' ;;
        '/create/incrementallearning --set-string') values='@files' ;;
        '/create/incrementallearning --template') values='@files' ;;
        '/create/incrementallearning --dry-run') values='none client server' ;;
        '/create/incrementallearning --output' | '/create/incrementallearning -o') values='yaml json name' ;;
        '/create/incrementallearning --kubeconfig') values='@files' ;;
        '/create/incrementallearning --context') values='@contexts' ;;
        '/create/incrementallearning --namespace' | '/create/incrementallearning -n') values='@namespaces' ;;
        '/create/lifelonglearning --volume') values='@files' ;;
        '/create/lifelonglearning --train-volume') values='@files' ;;
        '/create/lifelonglearning --eval-volume') values='@files' ;;
        '/create/lifelonglearning --deploy-volume') values='@files' ;;
        '/create/lifelonglearning --filename' | '/create/lifelonglearning -f') values='@files' ;;
        '/create/lifelonglearning --set') values='@files' ;;
        '/create/lifelonglearning --set-string') values='@files' ;;
        '/create/lifelonglearning --template') values='@files' ;;
        '/create/lifelonglearning --dry-run') values='none client server' ;;
        '/create/lifelonglearning --output' | '/create/lifelonglearning -o') values='yaml json name' ;;
        '/create/lifelonglearning --kubeconfig') values='@files' ;;
        '/create/lifelonglearning --context') values='@contexts' ;;
        '/create/lifelonglearning --namespace' | '/create/lifelonglearning -n') values='@namespaces' ;;
        '/create/featureextraction --volume') values='@files' ;;
        '/create/featureextraction --filename' | '/create/featureextraction -f') values='@files' ;;
        '/create/featureextraction --set') values='@files' ;;
        '/create/featureextraction --set-string') values='@files' ;;
        '/create/featureextraction --template') values='@files' ;;
        '/create/featureextraction --dry-run') values='none client server' ;;
        '/create/featureextraction --output' | '/create/featureextraction -o') values='yaml json name' ;;
        '/create/featureextraction --kubeconfig') values='@files' ;;
        '/create/featureextraction --context') values='@contexts' ;;
        '/create/featureextraction --namespace' | '/create/featureextraction -n') values='@namespaces' ;;
        '/create/objectsearch --user-volume') values='@files' ;;
        '/create/objectsearch --tracking-volume') values='@files' ;;
        '/create/objectsearch --reid-volume') values='@files' ;;
        '/create/objectsearch --filename' | '/create/objectsearch -f') values='@files' ;;
        '/create/objectsearch --set') values='@files' ;;
        '/create/objectsearch --set-string') values='@files' ;;
        '/create/objectsearch --template') values='@files' ;;
        '/create/objectsearch --dry-run') values='none client server' ;;
        '/create/objectsearch --output' | '/create/objectsearch -o') values='yaml json name' ;;
        '/create/objectsearch --kubeconfig') values='@files' ;;
        '/create/objectsearch --context') values='@contexts' ;;
        '/create/objectsearch --namespace' | '/create/objectsearch -n') values='@namespaces' ;;
        '/create/objecttracking --tracking-volume') values='@files' ;;
        '/create/objecttracking --reid-volume') values='@files' ;;
        '/create/objecttracking --filename' | '/create/objecttracking -f') values='@files' ;;
        '/create/objecttracking --set') values='@files' ;;
        '/create/objecttracking --set-string') values='@files' ;;
        '/create/objecttracking --template') values='@files' ;;
        '/create/objecttracking --dry-run') values='none client server' ;;
        '/create/objecttracking --output' | '/create/objecttracking -o') values='yaml json name' ;;
        '/create/objecttracking --kubeconfig') values='@files' ;;
        '/create/objecttracking --context') values='@contexts' ;;
        '/create/objecttracking --namespace' | '/create/objecttracking -n') values='@namespaces' ;;
        '/create/reid --volume') values='@files' ;;
        '/create/reid --filename' | '/create/reid -f') values='@files' ;;
        '/create/reid --set') values='@files' ;;
        '/create/reid --set-string') values='@files' ;;
        '/create/reid --template') values='@files' ;;
        '/create/reid --dry-run') values='none client server' ;;
        '/create/reid --output' | '/create/reid -o') values='yaml json name' ;;
        '/create/reid --kubeconfig') values='@files' ;;
        '/create/reid --context') values='@contexts' ;;
        '/create/reid --namespace' | '/create/reid -n') values='@namespaces' ;;
        '/create/videoanalytics --volume') values='@files' ;;
        '/create/videoanalytics --filename' | '/create/videoanalytics -f') values='@files' ;;
        '/create/videoanalytics --set') values='@files' ;;
        '/create/videoanalytics --set-string') values='@files' ;;
        '/create/videoanalytics --template') values='@files' ;;
        '/create/videoanalytics --dry-run') values='none client server' ;;
        '/create/videoanalytics --output' | '/create/videoanalytics -o') values='yaml json name' ;;
        '/create/videoanalytics --kubeconfig') values='@files' ;;
        '/create/videoanalytics --context') values='@contexts' ;;
        '/create/videoanalytics --namespace' | '/create/videoanalytics -n') values='@namespaces' ;;
        '/create/model --filename' | '/create/model -f') values='@files' ;;
        '/create/model --set') values='@files' ;;
        '/create/model --set-string') values='@files' ;;
        '/create/model --template') values='@files' ;;
        '/create/model --dry-run') values='none client server' ;;
        '/create/model --output' | '/create/model -o') values='yaml json name' ;;
        '/create/model --kubeconfig') values='@files' ;;
        '/create/model --context') values='@contexts' ;;
        '/create/model --namespace' | '/create/model -n') values='@namespaces' ;;
        '/create/dataset --filename' | '/create/dataset -f') values='@files' ;;
        '/create/dataset --set') values='@files' ;;
        '/create/dataset --set-string') values='@files' ;;
        '/create/dataset --template') values='@files' ;;
        '/create/dataset --dry-run') values='none client server' ;;
        '/create/dataset --output' | '/create/dataset -o') values='yaml json name' ;;
        '/create/dataset --kubeconfig') values='@files' ;;
        '/create/dataset --context') values='@contexts' ;;
        '/create/dataset --namespace' | '/create/dataset -n') values='@namespaces' ;;
        '/templates/eject --to') values='@folders' ;;
        '/validate -f' | '/validate --filename') values='@files' ;;
        '/validate -o' | '/validate --output') values='text json junit sarif github' ;;
        '/validate --kubeconfig') values='@files' ;;
        '/validate --context') values='@contexts' ;;
        '/validate --namespace' | '/validate -n') values='@namespaces' ;;
        '/validate --contexts') values='@contexts' ;;
        '/diff --filename' | '/diff -f') values='@files' ;;
        '/diff --kubeconfig') values='@files' ;;
        '/diff --context') values='@contexts' ;;
        '/diff --namespace' | '/diff -n') values='@namespaces' ;;
        '/apply --filename' | '/apply -f') values='@files' ;;
        '/apply --dry-run') values='none client server' ;;
        '/apply --validate') values='strict warn' ;;
        '/apply --output' | '/apply -o') values='table name yaml json' ;;
        '/apply --kubeconfig') values='@files' ;;
        '/apply --context') values='@contexts' ;;
        '/apply --namespace' | '/apply -n') values='@namespaces' ;;
        '/get --output' | '/get -o') values='table wide yaml json jsonl name' ;;
        '/get --kubeconfig') values='@files' ;;
        '/get --context') values='@contexts' ;;
        '/get --namespace' | '/get -n') values='@namespaces' ;;
        '/get --contexts') values='@contexts' ;;
        '/describe --kubeconfig') values='@files' ;;
        '/describe --context') values='@contexts' ;;
        '/describe --namespace' | '/describe -n') values='@namespaces' ;;
        '/tree --output' | '/tree -o') values='table json' ;;
        '/tree --kubeconfig') values='@files' ;;
        '/tree --context') values='@contexts' ;;
        '/tree --namespace' | '/tree -n') values='@namespaces' ;;
        '/events --output' | '/events -o') values='table yaml json jsonl' ;;
        '/events --kubeconfig') values='@files' ;;
        '/events --context') values='@contexts' ;;
        '/events --namespace' | '/events -n') values='@namespaces' ;;
        '/logs --output' | '/logs -o') values='text jsonl' ;;
        '/logs --kubeconfig') values='@files' ;;
        '/logs --context') values='@contexts' ;;
        '/logs --namespace' | '/logs -n') values='@namespaces' ;;
        '/wait --kubeconfig') values='@files' ;;
        '/wait --context') values='@contexts' ;;
        '/wait --namespace' | '/wait -n') values='@namespaces' ;;
        '/delete --filename' | '/delete -f') values='@files' ;;
        '/delete --wait') values='true false' ;;
        '/delete --dry-run') values='none client server' ;;
        '/delete --output' | '/delete -o') values='table name json' ;;
        '/delete --kubeconfig') values='@files' ;;
        '/delete --context') values='@contexts' ;;
        '/delete --namespace' | '/delete -n') values='@namespaces' ;;
        '/repair --output' | '/repair -o') values='table json' ;;
        '/repair --kubeconfig') values='@files' ;;
        '/repair --context') values='@contexts' ;;
        '/repair --namespace' | '/repair -n') values='@namespaces' ;;
        '/scale/status --output' | '/scale/status -o') values='table wide json jsonl yaml' ;;
        '/scale/status --kubeconfig') values='@files' ;;
        '/scale/status --context') values='@contexts' ;;
        '/scale/status --namespace' | '/scale/status -n') values='@namespaces' ;;
        '/scale/status --contexts') values='@contexts' ;;
        '/scale/watch --record') values='@files' ;;
        '/scale/watch --output' | '/scale/watch -o') values='table wide jsonl' ;;
        '/scale/watch --kubeconfig') values='@files' ;;
        '/scale/watch --context') values='@contexts' ;;
        '/scale/watch --namespace' | '/scale/watch -n') values='@namespaces' ;;
        '/scale/explain --filename' | '/scale/explain -f') values='@files' ;;
        '/scale/explain --side') values='cloud edge' ;;
        '/scale/explain --output' | '/scale/explain -o') values='text json yaml' ;;
        '/scale/explain --kubeconfig') values='@files' ;;
        '/scale/explain --context') values='@contexts' ;;
        '/scale/explain --namespace' | '/scale/explain -n') values='@namespaces' ;;
        '/scale/simulate --filename' | '/scale/simulate -f') values='@files' ;;
        '/scale/simulate --load-unit') values='rps millicores utilization' ;;
        '/scale/simulate --compare') values='@files' ;;
        '/scale/simulate --output' | '/scale/simulate -o') values='table json csv html svg png' ;;
        '/scale/simulate --kubeconfig') values='@files' ;;
        '/scale/simulate --context') values='@contexts' ;;
        '/scale/simulate --namespace' | '/scale/simulate -n') values='@namespaces' ;;
        '/scale/recommend --filename' | '/scale/recommend -f') values='@files' ;;
        '/scale/recommend --load-unit') values='rps millicores utilization' ;;
        '/scale/recommend --output' | '/scale/recommend -o') values='text values json' ;;
        '/scale/recommend --kubeconfig') values='@files' ;;
        '/scale/recommend --context') values='@contexts' ;;
        '/scale/recommend --namespace' | '/scale/recommend -n') values='@namespaces' ;;
        '/scale/set --cloud') values='settings off' ;;
        '/scale/set --edge') values='settings off' ;;
        '/scale/set --output' | '/scale/set -o') values='text json' ;;
        '/scale/set --kubeconfig') values='@files' ;;
        '/scale/set --context') values='@contexts' ;;
        '/scale/set --namespace' | '/scale/set -n') values='@namespaces' ;;
        '/cleanup/ghost-instances --kind') values='jointinference federatedlearning incrementallearning lifelonglearning featureextraction objectsearch objecttracking reid videoanalytics model dataset' ;;
        '/cleanup/ghost-instances --backup') values='@files' ;;
        '/cleanup/ghost-instances --resume') values='@files' ;;
        '/cleanup/ghost-instances --output' | '/cleanup/ghost-instances -o') values='table wide json yaml name' ;;
        '/cleanup/ghost-instances --kubeconfig') values='@files' ;;
        '/cleanup/ghost-instances --context') values='@contexts' ;;
        '/cleanup/ghost-instances --namespace' | '/cleanup/ghost-instances -n') values='@namespaces' ;;
        '/cleanup/ghost-instances --contexts') values='@contexts' ;;
        '/cleanup/undo --output' | '/cleanup/undo -o') values='table json' ;;
        '/cleanup/undo --kubeconfig') values='@files' ;;
        '/cleanup/undo --context') values='@contexts' ;;
        '/cleanup/undo --namespace' | '/cleanup/undo -n') values='@namespaces' ;;
        '/doctor --output' | '/doctor -o') values='table json yaml' ;;
        '/doctor --kubeconfig') values='@files' ;;
        '/doctor --context') values='@contexts' ;;
        '/doctor --namespace' | '/doctor -n') values='@namespaces' ;;
        '/doctor --contexts') values='@contexts' ;;
        '/crd/export --dir') values='@folders' ;;
        '/crd/export --output' | '/crd/export -o') values='yaml json name' ;;
        '/crd/diff --output' | '/crd/diff -o') values='table wide name yaml json' ;;
        '/crd/diff --kubeconfig') values='@files' ;;
        '/crd/diff --context') values='@contexts' ;;
        '/crd/diff --namespace' | '/crd/diff -n') values='@namespaces' ;;
        '/crd/install --dry-run') values='none client server' ;;
        '/crd/install --output' | '/crd/install -o') values='table name yaml json' ;;
        '/crd/install --kubeconfig') values='@files' ;;
        '/crd/install --context') values='@contexts' ;;
        '/crd/install --namespace' | '/crd/install -n') values='@namespaces' ;;
        '/crd/upgrade --dry-run') values='none client server' ;;
        '/crd/upgrade --output' | '/crd/upgrade -o') values='table name yaml json' ;;
        '/crd/upgrade --kubeconfig') values='@files' ;;
        '/crd/upgrade --context') values='@contexts' ;;
        '/crd/upgrade --namespace' | '/crd/upgrade -n') values='@namespaces' ;;
        '/sandbox/up --sedna') values='0.7 0.6' ;;
        '/sandbox/up --data') values='@folders' ;;
        '/sandbox/status --output' | '/sandbox/status -o') values='table json yaml' ;;
        '/sandbox/load --profile') values='profile file' ;;
        '/sandbox/load --side') values='both cloud edge' ;;
        '/sandbox/load --namespace' | '/sandbox/load -n') values='@namespaces' ;;
        '/demo --keep') values='@folders' ;;
    esac
}

_sednactl_live() {
    command sednactl __names "$1" "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null
}

_sednactl_offer() {
    case $1 in
        @files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
        @folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
        @*) COMPREPLY=($(compgen -W "$(_sednactl_live "${1#@}")" -- "$2")) ;;
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
