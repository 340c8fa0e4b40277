# Times of psych::fa.parallel, in seconds of the processor, one line a work; read by parallel_analysis.py.
suppressPackageStartupMessages(library(psych)); options(mc.cores=1)
x <- as.matrix(read.csv(commandArgs(TRUE)[1]))
spent <- function(work, ...) { t <- system.time(suppressWarnings(suppressMessages(capture.output(fa.parallel(x, plot=FALSE, ...))))); cat(work, t[[1]]+t[[2]], "\n") }
for(again in 1:2) { spent("pearson", SMC=TRUE, n.iter=100); spent("default", n.iter=100) }
# A hundred polychoric draws take psych ten minutes: four and one give what one costs.
spent("polychoric_4", SMC=TRUE, cor="poly", n.iter=4); spent("polychoric_1", SMC=TRUE, cor="poly", n.iter=1)
