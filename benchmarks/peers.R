# Works of R's packages: prints the least of several times, in seconds of the processor. Called by stopwatch.in_r.
suppressPackageStartupMessages({ library(psych); library(lavaan) })
options(mc.cores = 1)
given <- commandArgs(TRUE)
if (given[1] == "versions") {
  cat(R.version.string, paste("psych", packageVersion("psych")), paste("lavaan", packageVersion("lavaan")), sep = "\n")
  quit()
}
n_items <- as.integer(given[3]); argument <- as.integer(given[5])
answers <- matrix(readBin(given[2], "integer", file.size(given[2]), size = 1), ncol = n_items)
colnames(answers) <- paste0("q", seq_len(n_items))
frame <- as.data.frame(answers)
themes <- split(names(frame), (seq_len(n_items) - 1) %% 6)
model <- paste0("F", seq_along(themes), " =~ ", sapply(themes, paste, collapse = " + "))
everything <- function(fit) list(fitMeasures(fit), standardizedSolution(fit))
works <- list(
  psych_polychoric = function() polychoric(answers),
  lavaan_polychoric = function() lavCor(frame, ordered = names(frame), se = "none"),
  psych_parallel = function() fa.parallel(answers, plot = FALSE, SMC = TRUE, n.iter = argument),
  psych_parallel_polychoric = function() fa.parallel(answers, plot = FALSE, SMC = TRUE, cor = "poly", n.iter = argument),
  lavaan_WLSMV = function() everything(cfa(model, frame, estimator = "WLSMV", ordered = names(frame))),
  lavaan_MLR = function() everything(cfa(model, frame, estimator = "MLR"))
)
seconds <- function(work) {
  spent <- system.time(suppressWarnings(suppressMessages(capture.output(work()))))
  spent[["user.self"]] + spent[["sys.self"]]
}
cat(min(replicate(as.integer(given[4]), seconds(works[[given[1]]]))), "\n")
